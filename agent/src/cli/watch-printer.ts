import type { Output } from "@edgetwin/program/command-line";
import type { DeviceJson, ResourceJson } from "../api/resources.ts";
import type { TwinJson } from "../api/twin-json.ts";
import type { DeletedJson, HealthJson, TwinChangeJson } from "../api/watch-event.ts";
import type { ServerEvent } from "./event-stream.ts";
import { localTime } from "./human-time.ts";
import { changesOfTwin } from "./twin-changes.ts";

/**
 * Turns the events of a watch into lines. Remembers what it has seen, so that after a lost connection only what changed
 * meanwhile is printed.
 */
export class WatchPrinter {
  readonly #output: Output;
  readonly #now: () => string;
  readonly #twins = new Map<string, TwinJson>();
  readonly #mapperStates = new Map<string, string>();
  #snapshot: Set<string> | undefined;

  /** @param now the time of what carries none, RFC 3339. */
  constructor(output: Output, now: () => string) {
    this.#output = output;
    this.#now = now;
  }

  print({ event, data }: ServerEvent): void {
    switch (event) {
      case "resync":
        this.#snapshot = new Set();
        return;
      case "synced":
        return this.#forgetMissing();
      case "device":
        return this.#device(data as DeviceJson);
      case "twin":
        return this.#change(data as TwinChangeJson);
      case "health": {
        const { device, at, state, reason } = data as HealthJson;
        return this.#line(at, device, `health ${state}${reason === undefined ? "" : `: ${reason}`}`);
      }
      case "model": {
        if (this.#snapshot) return;
        const { metadata } = data as ResourceJson;
        return this.#line(this.#now(), `${metadata.namespace}/${metadata.name}`, "model applied");
      }
      case "deleted":
        return this.#deleted(data as DeletedJson);
    }
  }

  #device({ metadata, status }: DeviceJson): void {
    const id = `${metadata.namespace}/${metadata.name}`;
    this.#snapshot?.add(id);
    const { state, reason } = status.mapper;
    const mapper = reason === undefined ? state : `${state}: ${reason}`;
    if (this.#mapperStates.get(id) !== mapper) this.#line(this.#now(), id, `device ${mapper}`);
    this.#mapperStates.set(id, mapper);
    this.#twinsOf(id, this.#now(), status.twins);
  }

  #change({ device, at, properties, withdrawn = [] }: TwinChangeJson): void {
    this.#twinsOf(device, at, properties);
    for (const name of withdrawn) {
      this.#twins.delete(`${device} ${name}`);
      this.#line(at, `${device} ${name}`, "gone");
    }
  }

  #twinsOf(device: string, at: string, twins: readonly TwinJson[]): void {
    for (const twin of twins) {
      const key = `${device} ${twin.propertyName}`;
      for (const text of changesOfTwin(this.#twins.get(key), twin)) this.#line(at, key, text);
      this.#twins.set(key, twin);
    }
  }

  #deleted({ kind, namespace, name }: DeletedJson): void {
    const id = `${namespace}/${name}`;
    if (kind === "Device") this.#forget(id);
    this.#line(this.#now(), id, `${kind === "Device" ? "device" : "model"} deleted`);
  }

  /** A device that a snapshot does not show any more was deleted while nobody watched. */
  #forgetMissing(): void {
    const snapshot = this.#snapshot;
    this.#snapshot = undefined;
    if (!snapshot) return;
    for (const id of [...this.#mapperStates.keys()].filter((known) => !snapshot.has(known))) {
      this.#forget(id);
      this.#line(this.#now(), id, "device deleted");
    }
  }

  #forget(device: string): void {
    this.#mapperStates.delete(device);
    for (const key of [...this.#twins.keys()]) if (key.startsWith(`${device} `)) this.#twins.delete(key);
  }

  #line(at: string, what: string, text: string): void {
    this.#output.line(`${this.#output.paint("grey", localTime(at))}  ${what}  ${text}`);
  }
}
