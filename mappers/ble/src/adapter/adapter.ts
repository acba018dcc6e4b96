import { type Clock, HalError, type Log, MapperError, type Timer } from "@edgetwin/mapper-sdk";
import type { Central, ConnectOptions, Link } from "../central/central.ts";
import type { NobleLibrary } from "../central/load-noble.ts";
import { NobleCentral } from "../central/noble-central.ts";
import type { Advertisement } from "../hci/advertisement.ts";
import type { WayToController } from "../hci/patient-timer.ts";
import type { HciTransport } from "../hci/transport.ts";
import { type AdapterInput, type AdapterState, ladder, next } from "./adapter-state.ts";
import { Radio, type ScanWish } from "./radio.ts";
import { type Sighting, Sightings } from "./sightings.ts";

/** What an adapter is made of. */
export interface AdapterParts {
  /** As people name it: `"hci0"`, `"/dev/ttyACM0"`. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly library: NobleLibrary;
  openTransport(): Promise<HciTransport>;
}

/** How long the state of a controller may stay unknown. */
const unknownMs = 3_000;
/** A controller that says nothing for so long is asked whether it is there. */
const heartbeatMs = 30_000;

/** Who waits for the adapter. */
interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Told when the adapter is lost, and what it hears. */
export interface AdapterUser {
  sighting?(sighting: Sighting, heard: Advertisement): void;
  lost(error: Error): void;
}

/** One adapter, shared by all devices behind it; opens for its first user, is started again as long as it has one. */
export class Adapter implements WayToController {
  readonly name: string;
  readonly sightings = new Sightings();
  readonly #parts: AdapterParts;
  readonly #radio: Radio;
  readonly #users = new Set<AdapterUser>();
  readonly #waiters = new Set<Waiter>();
  #state: AdapterState = { name: "closed" };
  #transport: HciTransport | undefined;
  #central: Central | undefined;
  #retry: Timer | undefined;
  #heartbeat: Timer | undefined;
  #attempt: AbortController | undefined;
  #working: Promise<void> = Promise.resolve();
  #isOpening = false;

  constructor(parts: AdapterParts) {
    this.name = parts.name;
    this.#parts = parts;
    this.#radio = new Radio(parts.clock, parts.log, parts.name);
  }

  get state(): AdapterState {
    return this.#state;
  }

  /** Tells `user` what is heard and lost until the returned thing is disposed. */
  join(user: AdapterUser): Disposable {
    this.#users.add(user);
    return { [Symbol.dispose]: () => void this.#users.delete(user) };
  }

  /**
   * Resolves when the adapter works. Rejects with why it does not after the whole ladder, and with the signal's reason.
   */
  async ready(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#state.name === "ready") return;
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = { resolve, reject };
      const onAbort = () => {
        this.#waiters.delete(waiter);
        reject(signal.reason as Error);
      };
      const done =
        <A extends unknown[]>(then: (...args: A) => void) =>
        (...args: A) => {
          signal.removeEventListener("abort", onAbort);
          then(...args);
        };
      Object.assign(waiter, { resolve: done(resolve), reject: done(reject) });
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiters.add(waiter);
      this.#input({ name: "wanted" });
    });
  }

  /** Wants a scan until disposed. */
  listen(wish: ScanWish): Disposable {
    return this.#radio.listen(wish);
  }

  get isBlocked(): boolean {
    return this.#central?.isBlocked === true;
  }

  async flushed(): Promise<void> {
    await this.#central?.flushed();
  }

  /** Connects a device that was heard, when it is its turn. */
  connect(heard: Advertisement, options: ConnectOptions): Promise<Link> {
    return this.#radio.connect(heard, options);
  }

  /** Ends what it does and gives the controller back. */
  async close(): Promise<void> {
    const error = new MapperError("DEVICE_ABORTED", `adapter ${this.name} is being closed`);
    this.#attempt?.abort(error);
    this.#retry?.[Symbol.dispose]();
    this.#input({ name: "left" });
    for (const waiter of this.#waiters) waiter.reject(error);
    this.#waiters.clear();
    // An open that hangs gives back what it opens as soon as it has it; see `settled`.
    if (!this.#isOpening) await this.#working;
    await this.#letGo(error);
  }

  /** Resolves when nothing is held any more, also by an open that hung while the adapter was closed. */
  async settled(): Promise<void> {
    await this.#working;
  }

  async #letGo(reason: Error): Promise<void> {
    this.#heartbeat?.[Symbol.dispose]();
    const [central, transport] = [this.#central, this.#transport];
    this.#central = undefined;
    this.#transport = undefined;
    this.#radio.stop(reason);
    await central?.[Symbol.asyncDispose]();
    await this.#radio.idle();
    await transport?.[Symbol.asyncDispose]();
  }

  #input(input: AdapterInput): void {
    const before = this.#state;
    const after = next(before, input);
    if (after === before) return;
    this.#state = after;
    this.#tell(after);
    if (after.name === "ready") {
      for (const waiter of this.#waiters) waiter.resolve();
      this.#waiters.clear();
      this.#beat();
    }
    if (after.name === "opening" || after.name === "starting") this.#work();
    if (after.name === "waiting") this.#pause(after);
  }

  #tell(state: AdapterState): void {
    const { log, name } = this.#parts;
    const fields = { adapter: name, ...("reason" in state && { reason: state.reason, retryInMs: state.retryInMs }) };
    if (state.name === "waiting" && state.failures <= 1) log.warn("ble.adapter-lost", fields);
    else if (state.name === "waiting") log.debug("ble.adapter-waiting", fields);
    else if (state.name === "ready") log.info("ble.adapter-ready", fields);
    else if ("rung" in state && (state.name === "opening") === (ladder[state.rung] === "reopen") && state.rung > 0)
      log.info(`ble.adapter-${ladder[state.rung]}`, fields);
  }

  #pause({ reason, retryInMs }: AdapterState & { readonly name: "waiting" }): void {
    const error = new MapperError("DEVICE_IO", `adapter ${this.name}: ${reason}`);
    for (const waiter of this.#waiters) waiter.reject(error);
    this.#waiters.clear();
    for (const user of [...this.#users]) user.lost(error);
    this.#retry = this.#parts.clock.after(retryInMs, () => this.#input({ name: "retry due" }));
    this.#working = this.#working.then(() => this.#letGo(error));
  }

  /** Brings the controller up, one rung of the ladder at a time. */
  #work(): void {
    this.#working = this.#working.then(async () => {
      const { name } = this.#state;
      if (name === "opening") await this.#open();
      else if (name === "starting") await this.#start();
    });
  }

  async #open(): Promise<void> {
    await this.#letGo(new MapperError("DEVICE_IO", `adapter ${this.name} is opened anew`));
    if (this.#state.name !== "opening") return;
    this.#isOpening = true;
    try {
      const transport = await this.#parts.openTransport();
      if (this.#state.name !== "opening") return await transport[Symbol.asyncDispose]();
      this.#transport = transport;
      this.#input({ name: "opened" });
    } catch (error) {
      this.#input({ name: "refused", reason: (error as Error).message });
    } finally {
      this.#isOpening = false;
    }
  }

  async #start(): Promise<void> {
    const { clock, library } = this.#parts;
    const transport = this.#transport;
    if (!transport) return;
    const attempt = new AbortController();
    this.#attempt = attempt;
    const listener = {
      advertisement: (heard: Advertisement) => this.#hear(heard),
      // Before it is ready, its start tells.
      lost: (error: Error) => {
        if (this.#state.name === "ready") this.#input({ name: "lost", reason: error.message });
      },
    };
    try {
      const central = await NobleCentral.start({ transport, library, clock, listener, unknownMs }, attempt.signal);
      this.#central = central;
      this.#radio.start(central);
      this.#input({ name: "powered" });
    } catch (error) {
      const { message: reason } = error as Error;
      if (isKind(error, "timeout")) this.#input({ name: "silent", reason });
      else if (isKind(error, "unsupported") || error instanceof MapperError) this.#input({ name: "refused", reason });
      else this.#input({ name: "lost", reason });
    } finally {
      this.#attempt = undefined;
    }
  }

  #hear(heard: Advertisement): void {
    const sighting = this.sightings.add(heard, this.#parts.clock.monotonic());
    for (const user of this.#users) user.sighting?.(sighting, heard);
  }

  #beat(): void {
    this.#heartbeat = this.#parts.clock.after(
      heartbeatMs,
      () => {
        if (this.#state.name !== "ready") return;
        if ((this.#central?.silentMs ?? 0) >= heartbeatMs) this.#central?.probe();
        this.#beat();
      },
      { background: true },
    );
  }
}

const isKind = (error: unknown, kind: HalError["kind"]): boolean => error instanceof HalError && error.kind === kind;
