import type { ServerResponse } from "node:http";
import type { Timer } from "@edgetwin/mapper-sdk";
import { toJsonText } from "@edgetwin/models";
import type { Core } from "../core.ts";
import { AgentError } from "../errors.ts";
import type { DeviceId } from "../twin/types.ts";
import type { ApiLimits } from "./api-state.ts";
import { deviceJson, modelJson } from "./resources.ts";
import { type SnapshotSource, WatchClient } from "./watch-client.ts";
import { eventOfChange, eventsOfApplied, type ResyncReason, type WatchEvent } from "./watch-event.ts";

/** Keep-alive comments that a client may leave unread before its connection is closed. */
const patienceTicks = 8;

interface Subscriber {
  readonly client: WatchClient;
  readonly response: ServerResponse;
  readonly device: DeviceId | undefined;
}

/**
 * Server-sent events (HTML Living Standard 9.2) of everything that changes. Listens to the core only while somebody
 * watches; an event is turned into text once, however many watch.
 */
export class Feed implements Disposable {
  readonly #core: Core;
  readonly #limits: ApiLimits;
  readonly #subscribers = new Set<Subscriber>();
  /** Ids of an earlier run of the agent must not look like ours. */
  readonly #run: string;
  #lastId = 0;
  #stopListening: (() => void) | undefined;
  #resyncs = 0;

  constructor(core: Core, limits: ApiLimits) {
    this.#core = core;
    this.#limits = limits;
    this.#run = core.clock.now().toString(36);
  }

  /** Open watches, and how often one had to resync because it was slow. */
  get figures(): { readonly watchers: number; readonly resyncs: number } {
    return { watchers: this.#subscribers.size, resyncs: this.#resyncs };
  }

  /** @throws AgentError `LIMIT` when no more watch may be opened. */
  requireRoom(): void {
    const { watchers } = this.#limits;
    if (this.#subscribers.size < watchers) return;
    throw new AgentError("LIMIT", `${watchers} watches are open, which is the limit; close one first`);
  }

  /** Streams to `response` until it closes: everything, or one device. */
  attach(response: ServerResponse, device: DeviceId | undefined, reason: ResyncReason): void {
    response.setHeader("Content-Type", "text/event-stream");
    response.setHeader("X-Accel-Buffering", "no");
    response.flushHeaders();
    const source = this.#snapshotFor(device);
    const client = new WatchClient({ response, source, bufferBytes: this.#limits.watchBufferBytes });
    const subscriber: Subscriber = { client, response, device };
    this.#subscribers.add(subscriber);
    this.#stopListening ??= this.#listen();
    response.once("close", () => this.#detach(subscriber));
    client.resync(reason);
  }

  [Symbol.dispose](): void {
    for (const { response } of this.#subscribers) response.end();
    this.#subscribers.clear();
    this.#stopListening?.();
    this.#stopListening = undefined;
  }

  #detach(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    if (this.#subscribers.size > 0) return;
    this.#stopListening?.();
    this.#stopListening = undefined;
  }

  #listen(): () => void {
    const { engine, registry, clock } = this.#core;
    const stops = [
      engine.onApplied((applied) => {
        for (const event of eventsOfApplied(applied, clock.now())) this.#publish(`Device ${applied.device.id}`, event);
      }),
      registry.onChange((change) => {
        const [kind, id] =
          "device" in change
            ? ["Device", change.device.id]
            : "model" in change
              ? ["DeviceModel", change.model.id]
              : [change.kind === "device deleted" ? "Device" : "DeviceModel", change.id];
        this.#publish(`${kind} ${id}`, eventOfChange(this.#core, change));
      }),
    ];
    let timer: Timer | undefined;
    const keepAlive = () => {
      this.#tick();
      timer = clock.after(this.#limits.keepAliveMs, keepAlive, { background: true });
    };
    timer = clock.after(this.#limits.keepAliveMs, keepAlive, { background: true });
    return () => {
      timer?.[Symbol.dispose]();
      for (const stop of stops) stop();
    };
  }

  #tick(): void {
    for (const { client, response } of this.#subscribers) {
      if (!client.tick(": keep-alive\n\n", patienceTicks)) response.destroy();
    }
  }

  #publish(key: string, event: WatchEvent): void {
    let frame: string | undefined;
    for (const { client, device } of this.#subscribers) {
      if (device !== undefined && key !== `Device ${device}`) continue;
      frame ??= this.#frame(event);
      const wasLagging = client.lagging;
      client.offer(key, frame);
      if (client.lagging && !wasLagging) this.#resyncs += 1;
    }
  }

  #frame({ event, data }: WatchEvent): string {
    this.#lastId += 1;
    return `id: ${this.#run}-${this.#lastId}\nevent: ${event}\ndata: ${toJsonText(data)}\n\n`;
  }

  #snapshotFor(device: DeviceId | undefined): SnapshotSource {
    const { registry } = this.#core;
    return {
      keys: () =>
        device !== undefined
          ? [`Device ${device}`]
          : [
              ...registry.models().map(({ id }) => `DeviceModel ${id}`),
              ...registry.devices().map(({ id }) => `Device ${id}`),
            ],
      frameOf: (key) => {
        const event = this.#resource(key);
        return event && this.#frame(event);
      },
      resync: (reason, resources) => this.#frame({ event: "resync", data: { reason, resources } }),
      synced: (resources) => this.#frame({ event: "synced", data: { resources } }),
    };
  }

  #resource(key: string): WatchEvent | undefined {
    const { registry, engine, node, clock } = this.#core;
    const [kind, id] = key.split(" ", 2) as [string, string];
    if (kind === "DeviceModel") {
      const model = registry.model(id);
      return model && { event: "model", data: modelJson(model) };
    }
    const device = registry.device(id);
    return device && { event: "device", data: deviceJson(device, engine.device(id), { node, now: clock.now() }) };
  }
}
