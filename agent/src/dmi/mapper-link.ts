import { type Clock, type Log, linkSignals, MapperError, type Timer } from "@edgetwin/mapper-sdk";
import { type Connection, connect } from "@edgetwin/mapper-sdk/dmi";
import { type Backoff, backoffMs } from "../backoff.ts";
import type { LinkFigures } from "../mappers/mapper-status.ts";
import type { MapperCatalogue } from "../registry/catalogue.ts";
import type { Attached, AttachOurs } from "./attach-ours.ts";
import { countCalls } from "./count-calls.ts";
import { type CallFigures, dialect } from "./dialect.ts";
import type { ForeignMapper } from "./foreign-mapper.ts";
import type { Registration } from "./registrations.ts";

/** What a link to one mapper is made of. */
export interface MapperLinkParts {
  readonly catalogue: MapperCatalogue;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly attachOurs: AttachOurs;
  /** Whether the agent starts and ends it. */
  readonly isChild: boolean;
  /** Called when its devices can be served. */
  readonly onAttached: (name: string) => void;
  /** Called when it turned out whether it is one of ours. */
  readonly onKnown: (name: string) => void;
}

/** A mapper that restarts is back within moments; one that was removed costs a look every now and then. */
const reconnect: Backoff = { firstMs: 100, capMs: 10_000 };

/**
 * Keeps the connection to one mapper that registered: as one of ours, whose parts the runner drives, or as one of
 * KubeEdge's. When the connection ends, its devices wait, and the mapper is looked for again.
 */
export class MapperLink implements AsyncDisposable {
  readonly foreign: ForeignMapper;
  readonly figures: CallFigures & { reports: number; refusedReports: number } = {
    calls: 0,
    failedCalls: 0,
    reports: 0,
    refusedReports: 0,
  };
  readonly #parts: MapperLinkParts;
  readonly #stop = new AbortController();
  #registration: Registration;
  /** Ends the session with a process that is no more. */
  #restart = new AbortController();
  #wake = () => {};
  #failures = 0;
  #running: Promise<void> | undefined;
  #pid: number | undefined;
  #version: string;
  #isConnected = false;

  constructor(registration: Registration, foreign: ForeignMapper, parts: MapperLinkParts) {
    this.#registration = registration;
    this.#version = registration.version;
    this.foreign = foreign;
    this.#parts = parts;
  }

  get registration(): Registration {
    return this.#registration;
  }

  /** What is shown about it. */
  status(): LinkFigures {
    const { address, isOurs: ours, dmi } = this.#registration;
    const { calls, failedCalls, reports, refusedReports } = this.figures;
    const speaks = ours ? "edgetwin" : dmi;
    return { address, version: this.#version, speaks, calls, failedCalls, reports, refusedReports };
  }

  /** Process id, where the mapper tells. */
  get pid(): number | undefined {
    return this.#pid;
  }

  /** Whether its devices can be served now. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Begins to look for the mapper. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** The mapper registered again: whoever was there before is no more. */
  registeredAgain(registration: Registration): void {
    this.#registration = registration;
    this.#version = registration.version;
    this.#failures = 0;
    this.#restart.abort(new MapperError("DEVICE_IO", "it was started again"));
    this.#wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new MapperError("DEVICE_ABORTED", "the agent stops"));
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { catalogue, clock, random, log } = this.#parts;
    const { name } = this.#registration;
    while (!this.#stop.signal.aborted) {
      let reason: string;
      try {
        this.#restart = new AbortController();
        reason = await this.#session();
        this.#failures = 0;
      } catch (error) {
        this.#failures++;
        reason = error instanceof Error ? error.message : String(error);
        if (!(error instanceof MapperError)) log.error("mapper link", { mapper: name, error });
      }
      if (this.#stop.signal.aborted) return;
      // Why it is gone is known best when it goes; that it is still not there later says nothing more.
      const { state } = catalogue.source(name) ?? {};
      if (state === "serving") log.warn("mapper is gone", { mapper: name, reason });
      if (state === "serving" || state === "starting") catalogue.detach(name, reason);
      if (!this.#restart.signal.aborted) await this.#rest(this.#restMs(random), clock);
    }
  }

  /** One connection from its begin to its end; resolves with why it ended. */
  async #session(): Promise<string> {
    const { clock, log, attachOurs, onKnown } = this.#parts;
    using link = linkSignals(this.#stop.signal, this.#restart.signal);
    const { address } = this.#registration;
    const host = await attachOurs(address, { clock, log, signal: link.signal });
    this.#registration = { ...this.#registration, isOurs: host !== undefined };
    onKnown(this.#registration.name);
    if (host) return await this.#serveOurs(host, link.signal);
    const connection = await connect(address, { clock, signal: link.signal });
    try {
      return await this.#serveForeign(connection, link.signal);
    } finally {
      this.foreign.connected(undefined);
      connection[Symbol.dispose]();
    }
  }

  async #serveOurs(host: Attached, signal: AbortSignal): Promise<string> {
    const { catalogue, onAttached } = this.#parts;
    const { name } = this.#registration;
    this.#pid = host.pid;
    this.#version = host.version;
    catalogue.attach(name, countCalls(host.parts, this.figures));
    onAttached(name);
    return await this.#connected(host.closed, signal);
  }

  async #serveForeign(connection: Connection, signal: AbortSignal): Promise<string> {
    const { catalogue, onAttached } = this.#parts;
    const { name, dmi } = this.#registration;
    this.foreign.connected(dialect(dmi, connection, this.figures));
    catalogue.attach(name, [this.foreign.part]);
    onAttached(name);
    const ended = connection.ended.then(() => "its process ended");
    return await this.#connected(ended, signal);
  }

  /** Whoever is started by the agent says when it is there; others are looked for. */
  #restMs(random: () => number): number {
    const { isChild } = this.#parts;
    return isChild ? Number.POSITIVE_INFINITY : backoffMs(reconnect, this.#failures + 1, random);
  }

  async #connected(end: Promise<string>, signal: AbortSignal): Promise<string> {
    this.#isConnected = true;
    try {
      return await until(end, signal);
    } finally {
      this.#isConnected = false;
    }
  }

  async #rest(ms: number, clock: Clock): Promise<void> {
    let timer: Timer | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (ms < Number.POSITIVE_INFINITY) timer = clock.after(ms, resolve, { background: true });
      if (this.#stop.signal.aborted) resolve();
    });
    timer?.[Symbol.dispose]();
    this.#wake = () => {};
  }
}

/** What `end` resolves with, or why `signal` aborted before. */
function until(end: Promise<string>, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const onAbort = () => resolve(signal.reason instanceof Error ? signal.reason.message : String(signal.reason));
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    void end.then((reason) => {
      signal.removeEventListener("abort", onAbort);
      resolve(reason);
    });
  });
}
