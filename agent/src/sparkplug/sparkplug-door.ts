import type { Property, Timer, Value } from "@edgetwin/mapper-sdk";
import type { BusMessage } from "../bus/bus.ts";
import type { ExternalBus } from "../bus/external.ts";
import type { Core } from "../core.ts";
import type { DeviceId, DeviceTwin } from "../twin/types.ts";
import { Aliases } from "./aliases.ts";
import { dataTypeOf, dataTypes, decodeCommand, encodePayload, type Metric, qualities } from "./payload.ts";
import { deviceName, SparkplugTopics } from "./sparkplug-topics.ts";

/** What the door is made of. */
export interface SparkplugParts {
  readonly core: Core;
  readonly bus: ExternalBus;
  readonly session: SparkplugSession;
  readonly topics: SparkplugTopics;
  /** The host that must be there before anything is said; none: it is said to whoever listens. */
  readonly primaryHost: string | undefined;
}

/** Number of the connection to the broker: its birth and its death say the same (Sparkplug B 3.0, 5.4). */
export class SparkplugSession {
  #birthDeath = -1;

  /** Of the connection that is being made. */
  next(): number {
    this.#birthDeath = (this.#birthDeath + 1) % 256;
    return this.#birthDeath;
  }

  /** What says that the edge node is gone. */
  death(timestamp: number): Buffer {
    return encodePayload({ timestamp, metrics: [this.metric] });
  }

  get metric(): Metric {
    return { name: "bdSeq", datatype: dataTypes.Int64, value: BigInt(Math.max(0, this.#birthDeath)) };
  }
}

const rebirth = "Node Control/Rebirth";
/** Changes within this time are told in one message. */
const gatherMs = 50;

/** The agent as a Sparkplug B edge node: births, data and deaths of its devices, and commands from hosts. */
export class SparkplugDoor implements Disposable {
  readonly #parts: SparkplugParts;
  readonly #aliases = new Aliases([rebirth]);
  /** Devices whose birth was told, with what was told of each property last. */
  readonly #born = new Map<DeviceId, Map<string, string>>();
  readonly #changed = new Set<DeviceId>();
  readonly #stops: (() => void)[];
  #hostIsThere: boolean;
  #hostSince = 0;
  #isBorn = false;
  #seq = 0;
  #timer: Timer | undefined;

  constructor(parts: SparkplugParts) {
    this.#parts = parts;
    const { bus, topics, core, primaryHost } = parts;
    this.#hostIsThere = primaryHost === undefined;
    this.#stops = [
      bus.onConnected(() => {
        this.#isBorn = false;
        if (this.#hostIsThere) this.#birth();
      }),
      bus.subscribe(topics.node("NCMD"), (message) => this.#nodeCommand(message)),
      bus.subscribe(topics.commands, (message) => this.#deviceCommand(message)),
      core.engine.onApplied(({ device }) => this.#note(device.id)),
      core.registry.onChange((change) => {
        if (change.kind === "device deleted") this.#die(change.id);
        else if ("device" in change) this.#note(change.device.id);
      }),
    ];
    if (primaryHost !== undefined)
      this.#stops.push(bus.subscribe(SparkplugTopics.state(primaryHost), (message) => this.#hostState(message)));
  }

  /** Says that the edge node leaves, before the connection ends (Sparkplug B 3.0, 5.4). */
  [Symbol.dispose](): void {
    for (const stop of this.#stops) stop();
    this.#timer?.[Symbol.dispose]();
    this.#leave();
  }

  #leave(): void {
    const { bus, topics, session, core } = this.#parts;
    if (!this.#isBorn) return;
    this.#isBorn = false;
    bus.publish(topics.node("NDEATH"), session.death(core.clock.now()), { qos: 0 });
  }

  #birth(): void {
    const { topics, session, core } = this.#parts;
    this.#isBorn = true;
    this.#seq = 0;
    this.#born.clear();
    const control = { name: rebirth, alias: this.#aliases.of(rebirth), datatype: dataTypes.Boolean, value: false };
    this.#send(topics.node("NBIRTH"), [session.metric, control]);
    for (const { id } of core.registry.devices()) this.#say(id);
  }

  #note(id: DeviceId): void {
    this.#changed.add(id);
    this.#timer ??= this.#parts.core.clock.after(gatherMs, () => {
      this.#timer = undefined;
      const changed = [...this.#changed];
      this.#changed.clear();
      for (const one of changed) this.#say(one);
    });
  }

  /** Birth, data or death of a device, whichever it takes for a host to know how it is. */
  #say(id: DeviceId): void {
    const { core, topics } = this.#parts;
    if (!this.#isBorn) return;
    const twin = core.engine.device(id);
    const entry = core.registry.device(id);
    const isThere = entry?.state.name === "online" || entry?.state.name === "unserved";
    if (!twin || !isThere || twin.shape.properties.size === 0) return this.#die(id);
    const names = [...twin.shape.properties.keys()];
    const told = this.#born.get(id);
    const isSame = told && told.size === names.length && names.every((name) => told.has(name));
    if (!isSame) {
      this.#die(id);
      this.#born.set(id, new Map(names.map((name) => [name, fingerprint(twin, name)])));
      const births = [...twin.shape.properties].map(([name, property]) => this.#birthOf(twin, name, property));
      return this.#send(topics.device("DBIRTH", id), births);
    }
    const news = names.filter((name) => told.get(name) !== fingerprint(twin, name));
    if (news.length === 0) return;
    for (const name of news) told.set(name, fingerprint(twin, name));
    this.#send(
      topics.device("DDATA", id),
      news.map((name) => this.#metric(twin, name)),
    );
  }

  #metric(twin: DeviceTwin, name: string): Metric {
    const reported = twin.twins.get(name)?.reported;
    const property = twin.shape.properties.get(name);
    const quality =
      reported && reported.quality !== "good" ? { properties: { Quality: qualities[reported.quality] } } : {};
    return {
      alias: this.#aliases.of(`${twin.id} ${name}`),
      timestamp: reported?.at ?? this.#parts.core.clock.now(),
      ...(property && { datatype: dataTypeOf[property.type] }),
      value: reported?.value ?? null,
      ...quality,
    };
  }

  #birthOf(twin: DeviceTwin, name: string, { access, unit, min, max }: Property): Metric {
    const { properties, ...metric } = this.#metric(twin, name);
    const range = {
      ...(min !== undefined && { engLow: String(min) }),
      ...(max !== undefined && { engHigh: String(max) }),
    };
    const facts = { readOnly: access === "r", ...(unit && { engUnit: unit }), ...range };
    return { name, ...metric, properties: { ...facts, ...properties } };
  }

  #die(id: DeviceId): void {
    this.#changed.delete(id);
    if (this.#born.delete(id) && this.#isBorn) this.#send(this.#parts.topics.device("DDEATH", id), []);
  }

  #send(topic: string, metrics: readonly Metric[]): void {
    const { bus, core } = this.#parts;
    const payload = encodePayload({ timestamp: core.clock.now(), metrics, seq: this.#seq });
    this.#seq = (this.#seq + 1) % 256;
    bus.publish(topic, payload, { qos: 0 });
  }

  #nodeCommand({ topic, payload }: BusMessage): undefined {
    const wanted = this.#decoded(topic, payload).some(
      ({ name, alias, value }) => (name ?? this.#aliases.nameOf(alias)) === rebirth && value === true,
    );
    if (wanted && this.#isBorn) this.#birth();
    return undefined;
  }

  async #deviceCommand({ topic, payload }: BusMessage): Promise<void> {
    const { core } = this.#parts;
    const entry = core.registry.devices().find(({ id }) => deviceName(id) === topic.split("/").at(-1));
    if (!entry) return core.log.warn("sparkplug: nobody has that", { topic });
    const desired: Record<string, { readonly value: Value } | { readonly json: unknown }> = {};
    for (const { name, alias, value } of this.#decoded(topic, payload)) {
      const property = name ?? this.#aliases.nameOf(alias)?.slice(entry.id.length + 1);
      if (property !== undefined && value !== undefined) desired[property] = rawOf(value);
    }
    const origin = { door: "mqtt", actor: "sparkplug" } as const;
    const { refusals } = await core.engine.submit(entry.id, { kind: "change", at: core.clock.now(), origin, desired });
    const reason = refusals.map(({ message }) => message).join("; ");
    if (reason !== "") core.log.warn("sparkplug: refused", { device: entry.id, reason });
  }

  #decoded(topic: string, payload: Uint8Array) {
    try {
      return decodeCommand(payload);
    } catch (error) {
      this.#parts.core.log.warn("sparkplug: no message", { topic, error });
      return [];
    }
  }

  /** A state that is older than the one before is an echo of former times (Sparkplug B 3.0, 5.7). */
  #hostState({ payload }: BusMessage): undefined {
    const said = stateIn(payload);
    if (!said || said.timestamp < this.#hostSince) return undefined;
    this.#hostSince = said.timestamp;
    const was = this.#hostIsThere;
    this.#hostIsThere = said.online;
    if (said.online && !this.#isBorn) this.#birth();
    if (was && !said.online && this.#isBorn) {
      this.#leave();
      this.#parts.bus.reconnect(); // the next birth belongs to a connection of its own
    }
    return undefined;
  }
}

const rawOf = (value: number | bigint | boolean | string | Uint8Array) =>
  typeof value === "number" ? { json: value } : { value };

/** What a host has to be told again when it differs. */
function fingerprint({ twins }: DeviceTwin, name: string): string {
  const reported = twins.get(name)?.reported;
  return reported ? `${reported.version} ${reported.quality}` : "";
}

function stateIn(payload: Uint8Array): { readonly online: boolean; readonly timestamp: number } | undefined {
  try {
    const { online, timestamp } = JSON.parse(Buffer.from(payload).toString());
    return typeof online === "boolean" && typeof timestamp === "number" ? { online, timestamp } : undefined;
  } catch {
    return undefined;
  }
}
