import {
  type Board,
  type Clock,
  type CredentialSource,
  type Discovered,
  type Discoverer,
  didYouMean,
  type FieldFacts,
  type Log,
  linkSignals,
  MapperError,
} from "@edgetwin/mapper-sdk";
import { AgentError } from "../errors.ts";
import type { Catalogue, Part } from "../registry/catalogue.ts";
import type { BusQueues } from "../runner/bus-queues.ts";
import { withDeadline } from "../runner/deadline.ts";

/** What looking for devices needs. */
export interface DiscoveryParts {
  readonly catalogue: Catalogue;
  readonly board: Board;
  readonly queues: BusQueues;
  readonly clock: Clock;
  readonly log: Log;
  readonly credential?: CredentialSource;
}

/** A way to look for devices. */
export interface DiscoveryOffer {
  readonly protocol: string;
  readonly description: string;
  readonly options?: readonly FieldFacts[];
}

/** One look for devices. */
export interface DiscoveryRequest {
  readonly protocol: string;
  readonly options: unknown;
  /** Milliseconds until it is over, whatever was found. */
  readonly forMs: number;
  /** Aborts when nobody wants to know any more. */
  readonly signal: AbortSignal;
  /** Devices of the protocol that are there already: by id, the connection of their manifest. */
  readonly devices: Readonly<Record<string, unknown>>;
}

/** What is told: findings as they come, then why it is over. */
export type DiscoveryItem =
  | { readonly kind: "found"; readonly found: Discovered }
  | { readonly kind: "done"; readonly reason: "complete" | "time" | "limit" };

/** More than anybody reads; a board, a bus or a room has fewer. */
export const mostFindings = 256;
/** Looks at a time: radios and buses are shared. */
export const mostLooks = 4;
/** What one turn on a bus may take: a probe, not a sweep. */
const turnMs = 10_000;

/** Looks for devices through the mappers that can, without disturbing those that are open: probes take turns on their bus. */
export class Discovery {
  readonly #parts: DiscoveryParts;
  #looking = 0;

  constructor(parts: DiscoveryParts) {
    this.#parts = parts;
  }

  /** What can be looked for now. */
  offers(): readonly DiscoveryOffer[] {
    return this.#discoverers().map(([protocol, { description, options }]) => ({
      protocol,
      description,
      ...(options && { options }),
    }));
  }

  /**
   * Starts to look. What it yields ends with `done`; it rejects with MapperError when the mapper fails.
   *
   * @throws AgentError `NOT_FOUND` when no mapper looks for that protocol, `VALUE_INVALID` for wrong options, `LIMIT`.
   */
  start(request: DiscoveryRequest): AsyncIterable<DiscoveryItem> {
    const discoverer = this.#discoverer(request.protocol);
    if (this.#looking >= mostLooks) {
      throw new AgentError(
        "LIMIT",
        `${mostLooks} looks for devices are under way, which is the limit; wait for one to end`,
      );
    }
    const { board, clock, log, credential } = this.#parts;
    const stop = new AbortController();
    const turn = <T>(bus: string, action: () => Promise<T>) => this.#turn(bus, stop.signal, action);
    const world = { board, clock, log, signal: stop.signal, turn };
    try {
      const environment = { ...world, devices: request.devices, ...(credential && { credential }) };
      const findings = discoverer.find(request.options, environment);
      return this.#look(findings, stop, request);
    } catch (error) {
      if (!(error instanceof MapperError)) throw error;
      const code = error.code === "VALUE_INVALID" ? "VALUE_INVALID" : "DEVICE_FAILED";
      throw new AgentError(code, error.message, { cause: error });
    }
  }

  async *#look(
    findings: AsyncIterable<Discovered>,
    stop: AbortController,
    { forMs, signal }: DiscoveryRequest,
  ): AsyncGenerator<DiscoveryItem> {
    const { clock, log } = this.#parts;
    const link = linkSignals(signal, stop.signal);
    const over = new Promise<"over">((resolve) => {
      if (link.signal.aborted) resolve("over");
      else link.signal.addEventListener("abort", () => resolve("over"), { once: true });
    });
    const timer = clock.after(forMs, () => stop.abort(new MapperError("DEVICE_ABORTED", "the time is over")));
    const iterator = findings[Symbol.asyncIterator]();
    this.#looking++;
    try {
      for (let count = 0; count < mostFindings; count++) {
        const pending = iterator.next();
        pending.catch(() => {}); // one that comes after the end interests nobody
        const next = await Promise.race([pending, over]);
        if (next === "over") return yield { kind: "done", reason: "time" };
        if (next.done) return yield { kind: "done", reason: "complete" };
        yield { kind: "found", found: next.value };
      }
      yield { kind: "done", reason: "limit" };
    } finally {
      this.#looking--;
      timer[Symbol.dispose]();
      stop.abort(new MapperError("DEVICE_ABORTED", "the look is over"));
      link[Symbol.dispose]();
      // Not awaited: a mapper that is stuck cannot clean up, and must hold nobody.
      iterator.return?.()?.catch((error: unknown) => log.warn("discover did not clean up", { error }));
    }
  }

  /** A probe in turn with the devices on the bus; one that hangs gives the bus back in time. */
  async #turn<T>(bus: string, signal: AbortSignal, action: () => Promise<T>): Promise<T> {
    const { queues, clock } = this.#parts;
    const { lane, [Symbol.dispose]: release } = queues.acquire(bus);
    try {
      return await lane.run({ priority: "interactive", signal }, () =>
        withDeadline({ clock, timeoutMs: turnMs, signal, what: `a probe on ${bus}` }, action),
      );
    } finally {
      release();
    }
  }

  #discoverer(protocol: string): Discoverer {
    const all = this.#discoverers();
    const found = all.find(([name]) => name === protocol);
    if (found) return found[1];
    const names = all.map(([name]) => name);
    const known = names.length === 0 ? "; none can" : didYouMean(protocol, names) || `; these can: ${names.join(", ")}`;
    throw new AgentError("NOT_FOUND", `no mapper looks for ${protocol.slice(0, 80)} devices${known}`);
  }

  /** By protocol; a mapper made for one model is asked by its model's name behind the protocol's. */
  #discoverers(): [name: string, discoverer: Discoverer][] {
    const parts = this.#parts.catalogue.sources().flatMap((source) => source.parts);
    const named = parts.flatMap((part): [string, Discoverer][] =>
      part.discover ? [[nameOf(part), part.discover]] : [],
    );
    return [...new Map(named.reverse())].reverse();
  }
}

const nameOf = (part: Part): string =>
  part.kind === "protocol" ? part.protocol : `${part.protocol}:${part.model.name}`;
