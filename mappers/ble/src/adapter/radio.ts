import type { Clock, Log, Timer } from "@edgetwin/mapper-sdk";
import type { Central, ConnectOptions, Link } from "../central/central.ts";
import type { Advertisement } from "../hci/advertisement.ts";
import type { ScanSettings } from "../hci/hci-socket.ts";
import { patientTimer } from "../hci/patient-timer.ts";
import { sameScan, scanPlan } from "./scan-plan.ts";

/** A scan that somebody wants. */
export type ScanWish = ScanSettings;

/** A device that waits to be connected. */
interface Job {
  readonly heard: Advertisement;
  readonly options: ConnectOptions;
  readonly resolve: (link: Link) => void;
  readonly reject: (error: unknown) => void;
}

/** Scans are not begun or changed more often than this: each start is a burst on a radio that Wi-Fi may share. */
const restMs = 1_000;
/** After a device that could not be connected, others are listened to for so long before the next one. */
const breathMs = 250;
/** Longer the controller may not take to begin or end a scan. */
const scanCommandMs = 3_000;

/**
 * What one controller does at a time: it scans for those who listen, or connects one device. Connecting goes first, as a
 * device that was just heard is awake.
 */
export class Radio {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #name: string;
  readonly #wishes = new Set<ScanWish>();
  readonly #jobs: Job[] = [];
  #central: Central | undefined;
  #scanning: ScanSettings | undefined;
  #scanBegunMs = Number.NEGATIVE_INFINITY;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #later: Timer | undefined;
  #busy: Promise<void> | undefined;
  #again = false;
  #stop = new AbortController();

  constructor(clock: Clock, log: Log, name: string) {
    this.#clock = clock;
    this.#log = log;
    this.#name = name;
  }

  /** Works for `central` from now on. */
  start(central: Central): void {
    this.#central = central;
    this.#scanning = undefined;
    this.#stop = new AbortController();
    this.#adjust();
  }

  /** Resolves when it does nothing. */
  async idle(): Promise<void> {
    await this.#busy;
  }

  /** Works for nobody; whoever waits for a connection is told why. */
  stop(reason: Error): void {
    this.#central = undefined;
    this.#scanning = undefined;
    this.#later?.[Symbol.dispose]();
    this.#later = undefined;
    for (const { reject } of this.#jobs.splice(0)) reject(reason);
    this.#stop.abort(reason);
  }

  listen(wish: ScanWish): Disposable {
    // A wish of its own, whatever object the caller has.
    const own = { ...wish };
    this.#wishes.add(own);
    this.#adjust();
    return {
      [Symbol.dispose]: () => {
        this.#wishes.delete(own);
        this.#adjust();
      },
    };
  }

  connect(heard: Advertisement, options: ConnectOptions): Promise<Link> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const job: Job = {
        heard,
        options,
        resolve: (link) => {
          signal.removeEventListener("abort", onAbort);
          resolve(link);
        },
        reject: (error) => {
          signal.removeEventListener("abort", onAbort);
          reject(error);
        },
      };
      const onAbort = () => {
        const waiting = this.#jobs.indexOf(job);
        if (waiting !== -1) this.#jobs.splice(waiting, 1);
        reject(signal.reason);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#jobs.push(job);
      this.#adjust();
    });
  }

  #adjust(): void {
    this.#again = true;
    this.#busy ??= this.#run().finally(() => {
      this.#busy = undefined;
      if (this.#again) this.#adjust();
    });
  }

  async #run(): Promise<void> {
    // Wishes of one turn are served together.
    await Promise.resolve();
    while (this.#again) {
      this.#again = false;
      const central = this.#central;
      if (!central) return;
      try {
        await this.#step(central);
      } catch (error) {
        if (this.#central !== central) return;
        this.#log.debug("ble.scan-failed", { adapter: this.#name, error: (error as Error).message });
        this.#scanning = undefined;
        this.#wakeIn(restMs);
      }
    }
  }

  async #step(central: Central): Promise<void> {
    const nowMs = this.#clock.monotonic();
    const job = nowMs >= this.#notBeforeMs ? this.#jobs.shift() : undefined;
    if (job) {
      this.#again = true;
      if (this.#scanning) await this.#scan(central, undefined);
      return await this.#serve(central, job);
    }
    if (this.#jobs.length > 0) this.#wakeIn(this.#notBeforeMs - nowMs);
    const wanted = scanPlan(this.#wishes);
    if (sameScan(wanted, this.#scanning)) return;
    const restLeftMs = this.#scanBegunMs + restMs - nowMs;
    if (wanted && restLeftMs > 0) return this.#wakeIn(restLeftMs);
    if (this.#scanning) await this.#scan(central, undefined);
    if (wanted) await this.#scan(central, wanted);
  }

  async #scan(central: Central, settings: ScanSettings | undefined): Promise<void> {
    const outcome = settings ? central.startScan(settings) : central.stopScan();
    await this.#within(central, outcome, settings ? "begin" : "end");
    this.#scanning = settings;
    if (settings) this.#scanBegunMs = this.#clock.monotonic();
  }

  async #serve(central: Central, { heard, options, resolve, reject }: Job): Promise<void> {
    const stop = new AbortController();
    const onStop = () => stop.abort(this.#stop.signal.reason);
    const onAbort = () => stop.abort(options.signal.reason);
    this.#stop.signal.addEventListener("abort", onStop, { once: true });
    options.signal.addEventListener("abort", onAbort, { once: true });
    try {
      const link = await central.connect(heard, { ...options, signal: stop.signal });
      if (options.signal.aborted) await link[Symbol.asyncDispose]();
      resolve(link);
    } catch (error) {
      this.#notBeforeMs = this.#clock.monotonic() + breathMs;
      reject(error);
    } finally {
      this.#stop.signal.removeEventListener("abort", onStop);
      options.signal.removeEventListener("abort", onAbort);
    }
  }

  #wakeIn(ms: number): void {
    this.#later?.[Symbol.dispose]();
    this.#later = this.#clock.after(Math.max(0, ms), () => this.#adjust());
  }

  #within(central: Central, outcome: Promise<void>, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = patientTimer(this.#clock, scanCommandMs, central, () =>
        reject(new Error(`the controller did not ${what} its scan within ${scanCommandMs} ms`)),
      );
      outcome.then(resolve, reject).finally(() => timer[Symbol.dispose]());
    });
  }
}
