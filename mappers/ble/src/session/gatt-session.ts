import { type Clock, Feed, type Log, MapperError, type Scope } from "@edgetwin/mapper-sdk";
import type { Adapter } from "../adapter/adapter.ts";
import type { Characteristic, Link } from "../central/central.ts";
import type { Binding } from "../gatt/binding.ts";
import type { ScanSettings } from "../hci/hci-socket.ts";
import { findDevice } from "./find-device.ts";
import { refused } from "./refused.ts";
import type { BleSession, ReadManyOptions } from "./session.ts";
import type { Target } from "./target.ts";

/** What the session of a connected device is made of. */
export interface GattParts {
  readonly adapter: Adapter;
  readonly clock: Clock;
  readonly log: Log;
  readonly target: Target;
  readonly scan: ScanSettings;
  readonly bindings: ReadonlyMap<string, Binding>;
  readonly searchMs: number;
  readonly connectMs: number;
  readonly timeoutMs: number;
  readonly mtu: number;
}

/** A binding and where it was found on the device. */
interface Bound {
  readonly binding: Binding;
  readonly at: Characteristic;
}

/** A device that is connected for as long as the session lives. */
export class GattSession implements BleSession {
  readonly #link: Link;
  readonly #log: Log;
  readonly #bound: ReadonlyMap<string, Bound>;
  readonly #feeds = new Map<string, Feed<unknown>>();
  /** What was pushed last, for characteristics that cannot be read. */
  readonly #pushed = new Map<string, Uint8Array>();

  private constructor(link: Link, bound: ReadonlyMap<string, Bound>, log: Log) {
    this.#link = link;
    this.#bound = bound;
    this.#log = log;
  }

  /**
   * Resolves when the device is connected and says its pushed values. Rejects with `DEVICE_IO` when it is not heard or
   * does not let itself be connected, with `CONFIG_INVALID` when it has not what the visitors name.
   */
  static async open(parts: GattParts, { scope, signal }: { scope: Scope; signal: AbortSignal }): Promise<GattSession> {
    const { adapter, target, clock, log, scan, searchMs, connectMs, timeoutMs, mtu } = parts;
    const found = await findDevice(adapter, {
      ...{ title: target.title, clock, withinMs: searchMs, scan, signal },
      accept: (sighting) => sighting.heard.connectable && target.matches(sighting),
    });
    const link = scope.use(
      await adapter.connect(found.heard, { timeoutMs: connectMs, requestMs: timeoutMs, mtu, signal }),
    );
    const bound = bind(parts.bindings, link, target.title);
    const session = new GattSession(link, bound, log);
    await session.#subscribe(signal);
    return session;
  }

  async read(name: string, signal: AbortSignal): Promise<unknown> {
    const bound = this.#find(name);
    return bound.binding.decode(await this.#bytes(bound, signal));
  }

  async readMany(names: readonly string[], { signal, goOn }: ReadManyOptions): Promise<Record<string, unknown>> {
    const results: Record<string, unknown> = Object.create(null);
    const groups = new Map<string, string[]>();
    for (const name of names) {
      const { at, binding } = this.#find(name);
      const key = `${at.service} ${at.uuid} ${binding.descriptor ?? ""}`;
      const group = groups.get(key);
      if (group) group.push(name);
      else groups.set(key, [name]);
    }
    let first = true;
    for (const group of groups.values()) {
      if (!first && !goOn()) break;
      first = false;
      const [one] = group as [string];
      const bytes = await this.#bytes(this.#find(one), signal).catch((error: unknown) => error as Error);
      for (const name of group) results[name] = bytes instanceof Error ? bytes : this.#decoded(name, bytes);
    }
    return results;
  }

  async write(name: string, value: unknown, signal: AbortSignal): Promise<void> {
    const { binding, at } = this.#find(name);
    const { encode, partial, descriptor } = binding;
    if (!encode) throw new TypeError(`${name} cannot be written`); // its plan refused it
    // What does not fit is told before the device is asked for anything.
    let bytes = encode(value, undefined);
    if (partial) bytes = encode(value, await this.#bytes({ binding, at }, signal));
    try {
      if (descriptor !== undefined) await this.#link.writeDescriptor(at, descriptor, bytes, { signal });
      else {
        const withoutResponse = binding.response === false || !at.uses.has("write");
        await this.#link.write(at, bytes, { withoutResponse, signal });
      }
    } catch (error) {
      throw refused(error, { writing: true, what: name });
    }
  }

  watch(name: string, signal: AbortSignal): AsyncIterable<unknown> | undefined {
    return this.#feeds.get(name)?.values({ signal });
  }

  async #bytes({ binding: { descriptor }, at }: Bound, signal: AbortSignal): Promise<Uint8Array> {
    try {
      if (descriptor !== undefined) return await this.#link.readDescriptor(at, descriptor, { signal });
      if (at.uses.has("read")) return await this.#link.read(at, { signal });
    } catch (error) {
      throw refused(error, { writing: false, what: at.uuid });
    }
    if (this.#link.lost) throw this.#link.lost;
    const pushed = this.#pushed.get(keyOf(at));
    if (pushed) return pushed;
    throw new MapperError("DEVICE_IO", `${this.#link.address} pushes ${at.uuid} and has not done so yet`);
  }

  #decoded(name: string, bytes: Uint8Array): unknown {
    try {
      return this.#find(name).binding.decode(bytes);
    } catch (error) {
      if (error instanceof MapperError) return error;
      throw error;
    }
  }

  #find(name: string): Bound {
    const bound = this.#bound.get(name);
    if (!bound) throw new TypeError(`${name} has no visitor`);
    return bound;
  }

  async #subscribe(signal: AbortSignal): Promise<void> {
    const pushing = new Map<Characteristic, string[]>();
    for (const [name, { binding, at }] of this.#bound) {
      const can = at.uses.has("notify") || at.uses.has("indicate");
      if (binding.push === false || !can || binding.descriptor !== undefined) continue;
      this.#feeds.set(name, new Feed({}, { limit: 64 }));
      pushing.set(at, [...(pushing.get(at) ?? []), name]);
    }
    this.#link.onLost((error) => {
      const lost = error instanceof MapperError ? error : new MapperError("DEVICE_IO", error.message, { cause: error });
      for (const feed of this.#feeds.values()) feed.fail(lost);
    });
    for (const [at, names] of pushing)
      try {
        await this.#link.subscribe(at, (bytes) => this.#push(at, names, bytes), { signal });
      } catch (error) {
        throw refused(error, { writing: false, what: at.uuid });
      }
  }

  #push(at: Characteristic, names: readonly string[], bytes: Uint8Array): void {
    this.#pushed.set(keyOf(at), bytes);
    for (const name of names) {
      const value = this.#decoded(name, bytes);
      if (!(value instanceof Error)) this.#feeds.get(name)?.push(value);
      else this.#log.debug("ble.push-unreadable", { property: name, error: value.message });
    }
  }
}

const keyOf = ({ service, uuid }: Characteristic): string => `${service} ${uuid}`;

/** @throws MapperError `CONFIG_INVALID` naming each visitor whose characteristic is not there or cannot do what it has to. */
function bind(bindings: ReadonlyMap<string, Binding>, link: Link, title: string): ReadonlyMap<string, Bound> {
  const bound = new Map<string, Bound>();
  const problems: string[] = [];
  for (const [name, binding] of bindings) {
    const { characteristic, service } = binding;
    const at = link.characteristics.find(
      (one) => one.uuid === characteristic && (service === undefined || one.service === service),
    );
    const problem = at ? unusable(binding, at) : `${title} has none; it has ${listed(link)}`;
    if (problem !== undefined) problems.push(`visitors.${name}.characteristic: ${problem}`);
    else if (at) bound.set(name, { binding, at });
  }
  if (problems.length > 0) throw new MapperError("CONFIG_INVALID", problems.join("\n"));
  return bound;
}

function unusable({ encode, push, descriptor, partial }: Binding, { uses, uuid }: Characteristic): string | undefined {
  if (descriptor !== undefined) return undefined;
  const pushes = uses.has("notify") || uses.has("indicate");
  if (push && !pushes) return `${uuid} is not pushed by the device; leave "push" out`;
  if (!uses.has("read") && (push === false || !pushes || partial)) return `${uuid} cannot be read`;
  if (encode && !uses.has("write") && !uses.has("writeWithoutResponse") && partial) return `${uuid} cannot be written`;
  return undefined;
}

const listed = ({ characteristics }: Link): string =>
  characteristics.map(({ service, uuid }) => `${uuid} in ${service}`).join(", ") || "nothing at all";
