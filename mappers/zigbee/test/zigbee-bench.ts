import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, type Device, type Log, type LogFields, type Mapper, systemClock } from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/testing";
import { zigbeeCoordinator } from "../src/index.ts";
import { runningNetwork } from "../src/network/networks.ts";
import {
  type EmulatedDevice,
  type ServedZnp,
  serveZnp,
  ZnpCoordinator,
  type ZnpCoordinatorOptions,
} from "../src/testing/index.ts";

/**
 * Pauses that the library waits for whatever the dongle does; the emulated dongle needs none of them. No time that the
 * mapper itself gives a device is among them.
 */
const hardCoded = new Set([1000, 3000]);

/** Timers this long are of no interest to a test, which must not wait for them at its end. */
const longMs = 60_000;

/**
 * Has the library wait no more than a moment where it waits for real dongles, and a `divisor`-th of all other times.
 * Affects this process only.
 */
export function hurryLibrary(divisor = 1): void {
  const original = globalThis.setTimeout;
  const hurried = (action: () => void, delayMs = 0, ...rest: unknown[]) => {
    const timer = original(action, hardCoded.has(delayMs) ? 1 : delayMs / divisor, ...(rest as []));
    if (delayMs >= longMs) timer.unref();
    return timer;
  };
  globalThis.setTimeout = Object.assign(hurried, original) as unknown as typeof setTimeout;
}

/** What was logged, by event. */
export class Lines implements Log {
  readonly all: { readonly level: string; readonly event: string; readonly fields: LogFields }[] = [];
  debug = (event: string, fields: LogFields = {}) => void this.all.push({ level: "debug", event, fields });
  info = (event: string, fields: LogFields = {}) => void this.all.push({ level: "info", event, fields });
  warn = (event: string, fields: LogFields = {}) => void this.all.push({ level: "warn", event, fields });
  error = (event: string, fields: LogFields = {}) => void this.all.push({ level: "error", event, fields });
  /** How often an event was logged. */
  count = (event: string) => this.all.filter((line) => line.event === event).length;
}

/** A dongle with its network, opened as a device, and the emulator behind it. */
export class ZigbeeBench implements AsyncDisposable {
  readonly znp: ZnpCoordinator;
  readonly log = new Lines();
  readonly board: SimBoard;
  readonly clock: Clock;
  readonly state = mkdtempSync(join(tmpdir(), "zigbee-"));
  #served: ServedZnp | undefined;
  #opened: Device | undefined;

  constructor({ clock = systemClock, ...options }: ZnpCoordinatorOptions = {}) {
    this.clock = clock;
    this.znp = new ZnpCoordinator({ clock, ...options });
    this.board = new SimBoard({ clock: clock as never });
  }

  /** Starts the dongle's server and the network on it. */
  async start(settings: Readonly<Record<string, unknown>> = {}): Promise<Device> {
    this.#served ??= await serveZnp(this.znp);
    const connection = { path: this.#served.path, state: this.state, channel: 20, ...settings };
    const { board, clock, log } = this;
    const mapper = zigbeeCoordinator as unknown as Mapper;
    this.#opened = await mapper.open({ connection, visitors: {} }, { board, clock, log, name: "dongle" });
    return this.#opened;
  }

  get served(): ServedZnp {
    if (!this.#served) throw new TypeError("the bench has not been started");
    return this.#served;
  }

  /** Has devices join, and waits until all of them are interviewed and looked at. */
  async join(...devices: readonly EmulatedDevice[]): Promise<void> {
    const network = runningNetwork(this.served.path);
    if (!network) throw new TypeError("the network does not run");
    for (const device of devices) this.znp.admit(device);
    const isReady = () => devices.every(({ ieee }) => network.hasMet(ieee));
    const changes = network.changes.values()[Symbol.asyncIterator]();
    while (!isReady()) await changes.next();
    await changes.return?.();
  }

  /** Lets everything run that is on its way between the library and the dongle. */
  async settle(): Promise<void> {
    for (let quiet = 0, seen = -1; quiet < 25; ) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      const isQuiet = this.znp.traffic === seen && this.znp.pending === 0;
      seen = this.znp.traffic;
      quiet = isQuiet ? quiet + 1 : 0;
    }
  }

  /** Ends the network, and leaves the dongle and what is on the card as they are. */
  async stop(): Promise<void> {
    await this.#opened?.[Symbol.asyncDispose]();
    this.#opened = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.#served?.[Symbol.asyncDispose]();
    rmSync(this.state, { recursive: true, force: true });
  }
}
