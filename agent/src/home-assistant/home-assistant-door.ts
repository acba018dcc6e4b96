import type { Timer } from "@edgetwin/mapper-sdk";
import type { Bus, BusMessage } from "../bus/bus.ts";
import type { Core } from "../core.ts";
import type { DeviceId, DeviceTwin } from "../twin/types.ts";
import { version } from "../version.ts";
import { type Component, componentOf, desiredText, stateOf } from "./component.ts";
import type { HomeAssistantTopics } from "./topics.ts";

/** What the door is made of. */
export interface HomeAssistantParts {
  readonly core: Core;
  /** The broker that Home Assistant uses; its will makes the agent unavailable there. */
  readonly bus: Bus;
  readonly topics: HomeAssistantTopics;
}

/** Changes within this time are told in one message. */
const gatherMs = 50;

/**
 * Shows every device in Home Assistant, each as one device with its properties as entities, and lets people desire values
 * there. Everything it says is retained and level-triggered: it is said anew when the broker or Home Assistant comes back.
 */
export class HomeAssistantDoor implements Disposable {
  readonly #parts: HomeAssistantParts;
  /** What was said last, by topic: the same is not said twice. */
  readonly #said = new Map<string, string>();
  readonly #changed = new Set<DeviceId>();
  readonly #stops: (() => void)[];
  #timer: Timer | undefined;

  constructor(parts: HomeAssistantParts) {
    this.#parts = parts;
    const { bus, topics, core } = parts;
    this.#stops = [
      bus.onConnected(() => this.#sayAll()),
      bus.subscribe(topics.birth, ({ payload }) => {
        if (Buffer.from(payload).toString() === "online") this.#sayAll();
        return undefined;
      }),
      bus.subscribe(topics.commands, (message) => this.#command(message)),
      core.engine.onApplied(({ device }) => this.#note(device.id)),
      core.registry.onChange((change) => {
        if (change.kind === "device deleted") this.#forget(change.id);
        else if ("device" in change) this.#note(change.device.id);
      }),
    ];
    this.#sayAll();
  }

  /** Says that the agent leaves. */
  [Symbol.dispose](): void {
    for (const stop of this.#stops) stop();
    this.#timer?.[Symbol.dispose]();
    this.#parts.bus.publish(this.#parts.topics.agent, "offline", { qos: 1, retain: true });
  }

  #sayAll(): void {
    const { core, topics } = this.#parts;
    this.#said.clear();
    this.#say(topics.agent, "online");
    for (const { id } of core.registry.devices()) this.#sayDevice(id);
  }

  #note(id: DeviceId): void {
    this.#changed.add(id);
    this.#timer ??= this.#parts.core.clock.after(gatherMs, () => {
      this.#timer = undefined;
      const changed = [...this.#changed];
      this.#changed.clear();
      for (const one of changed) this.#sayDevice(one);
    });
  }

  #sayDevice(id: DeviceId): void {
    const { core, topics } = this.#parts;
    const twin = core.engine.device(id);
    const entry = core.registry.device(id);
    if (!twin || !entry || twin.shape.properties.size === 0) return;
    this.#say(topics.config(id), JSON.stringify(this.#payload(twin, entry.model?.metadata.name)));
    const values = [...twin.shape.properties.keys()].map((name) => {
      const reported = twin.twins.get(name)?.reported;
      return [name, reported?.quality === "good" ? stateOf(reported.value) : null];
    });
    this.#say(topics.state(id), JSON.stringify(Object.fromEntries(values)));
    // A device that nobody here drives is judged by its values alone.
    const isThere = entry.state.name === "online" || entry.state.name === "unserved";
    this.#say(topics.availability(id), isThere ? "online" : "offline");
  }

  #payload({ id, shape }: DeviceTwin, model: string | undefined): Component {
    const { core, topics } = this.#parts;
    const unique = topics.uniqueId(id);
    const components = [...shape.properties].flatMap(([name, property]) => {
      const component = /[/+#'\\]/.test(name) ? undefined : componentOf(property);
      if (!component) return [];
      const command = property.access === "rw" ? { command_topic: topics.command(id, name), qos: 1 } : {};
      const state = { state_topic: topics.state(id), value_template: `{{ value_json['${name}'] }}` };
      return [[name, { ...component, name, unique_id: `${unique}_${name}`, ...state, ...command }]];
    });
    const name = id.replace(/^default\//, "");
    return {
      device: { identifiers: [unique], name, manufacturer: "Edgetwin", ...(model && { model }), via_device: core.node },
      origin: { name: "Edgetwin", sw_version: version },
      availability: [{ topic: topics.agent }, { topic: topics.availability(id) }],
      availability_mode: "all",
      components: Object.fromEntries(components),
    };
  }

  async #command({ topic, payload }: BusMessage): Promise<void> {
    const { core, topics } = this.#parts;
    const { engine, clock, log } = core;
    const { id, property: name } = topics.parseCommand(topic) ?? {};
    const property = id && engine.device(id)?.shape.properties.get(name ?? "");
    if (id === undefined || name === undefined || !property)
      return log.warn("home assistant: nobody has that", { topic });
    const text = desiredText(property, Buffer.from(payload).toString());
    const origin = { door: "mqtt", actor: "home assistant" } as const;
    const { refusals } = await engine.submit(id, {
      kind: "change",
      at: clock.now(),
      origin,
      desired: { [name]: { text } },
    });
    if (refusals.length === 0) return;
    log.warn("home assistant: refused", { device: id, reason: refusals.map(({ message }) => message).join("; ") });
    // What it shows optimistically goes back to what is.
    this.#said.delete(topics.state(id));
    this.#note(id);
  }

  /** A device that is gone leaves nothing behind: an empty retained message takes back the one before. */
  #forget(id: DeviceId): void {
    const { topics } = this.#parts;
    this.#changed.delete(id);
    for (const topic of [topics.config(id), topics.state(id), topics.availability(id)]) {
      this.#say(topic, "");
      this.#said.delete(topic);
    }
  }

  #say(topic: string, payload: string): void {
    if (this.#said.get(topic) === payload) return;
    this.#said.set(topic, payload);
    this.#parts.bus.publish(topic, payload, { qos: 1, retain: true });
  }
}
