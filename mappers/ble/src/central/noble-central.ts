import { type Clock, HalError, MapperError } from "@edgetwin/mapper-sdk";
import type { Advertisement } from "../hci/advertisement.ts";
import { HciSocket, type ScanSettings } from "../hci/hci-socket.ts";
import { patientTimer } from "../hci/patient-timer.ts";
import type { HciTransport } from "../hci/transport.ts";
import type { Central, CentralListener, ConnectOptions } from "./central.ts";
import { type NobleLibrary, type RunningNoble, startNoble } from "./load-noble.ts";
import type { NoblePeripheral } from "./noble.ts";
import { NobleLink } from "./noble-link.ts";

/** What a central is made of. */
export interface CentralParts {
  readonly transport: HciTransport;
  readonly library: NobleLibrary;
  readonly clock: Clock;
  readonly listener: CentralListener;
  /** A library that does not know the state of its controller after this never will. */
  readonly unknownMs: number;
}

/** States in which a library says that it will never work. */
const hopeless: Readonly<Record<string, string>> = {
  unsupported: "the controller does not speak Bluetooth LE",
  unauthorized: "the process may not use the controller",
};

/**
 * How links are made, in units of HCI: every 30 to 50 ms, lost after 4 s. What the library takes itself, 7.5 to 22.5 ms and
 * 0.42 s, costs the device its battery and lets a link go at the first disturbance.
 */
const linkParameters = { minInterval: 24, maxInterval: 40, latency: 0, timeout: 400 } as const;

/** {@link Central} by one of the noble libraries. */
export class NobleCentral implements Central {
  readonly #clock: Clock;
  readonly #listener: CentralListener;
  readonly #socket: HciSocket;
  readonly #running: RunningNoble;
  readonly #peripherals = new Map<string, NoblePeripheral>();
  readonly #links = new Map<string, NobleLink>();
  readonly #onLost = new Set<(error: Error) => void>();
  #lost: Error | undefined;
  #ready: { resolve: () => void; reject: (error: Error) => void } | undefined;

  private constructor({ transport, library, clock, listener }: Omit<CentralParts, "unknownMs">) {
    this.#clock = clock;
    this.#listener = listener;
    this.#socket = new HciSocket(transport, clock, {
      advertisement: (heard) => listener.advertisement(heard),
      refusal: (address, refusal) => this.#links.get(address)?.refused(refusal),
      lost: (error) => this.#lose(error),
    });
    this.#running = startNoble(library, this.#socket);
    const { noble } = this.#running;
    noble.removeAllListeners("warning"); // it writes them to the console
    noble.on("warning", () => undefined);
    noble.on("stateChange", (state: string) => this.#onState(state));
    noble.on("discover", (peripheral: NoblePeripheral) => this.#peripherals.set(peripheral.id, peripheral));
  }

  /**
   * Resolves when the library says that the controller is powered. Rejects with HalError `"timeout"` when it says nothing,
   * `"unsupported"` when it says that this will never be, with what the transport is lost with, with the signal's reason.
   */
  static async start(parts: CentralParts, signal: AbortSignal): Promise<NobleCentral> {
    const central = new NobleCentral(parts);
    const { clock, unknownMs } = parts;
    const unknown = new HalError("timeout", `the controller's state is still unknown after ${unknownMs} ms`);
    using _ = patientTimer(clock, unknownMs, central.#socket, () => central.#ready?.reject(unknown));
    const onAbort = () => central.#ready?.reject(signal.reason as Error);
    try {
      await new Promise<void>((resolve, reject) => {
        central.#ready = { resolve, reject };
        signal.addEventListener("abort", onAbort, { once: true });
        if (central.#lost) reject(central.#lost);
        else if (signal.aborted) reject(signal.reason as Error);
        else central.#onState(central.#running.noble.state);
      });
      return central;
    } catch (error) {
      await central[Symbol.asyncDispose]();
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
      central.#ready = undefined;
    }
  }

  get silentMs(): number {
    return this.#clock.monotonic() - this.#socket.heardAt;
  }

  get isBlocked(): boolean {
    return this.#socket.isBlocked;
  }

  flushed(): Promise<void> {
    return this.#socket.flushed();
  }

  probe(): void {
    if (!this.isBlocked) this.#socket.probe();
  }

  async startScan(settings: ScanSettings): Promise<void> {
    this.#socket.scan = settings;
    await this.#unlessLost(this.#running.noble.startScanningAsync([], true));
  }

  async stopScan(): Promise<void> {
    await this.#unlessLost(this.#running.noble.stopScanningAsync());
  }

  async connect(heard: Advertisement, options: ConnectOptions): Promise<NobleLink> {
    const { address } = heard;
    const peripheral = this.#peripheral(heard);
    const { timeoutMs, signal, mtu } = options;
    const stop = new AbortController();
    const give = () => stop.abort(signal.reason);
    signal.addEventListener("abort", give, { once: true });
    const timer = patientTimer(this.#clock, timeoutMs, this.#socket, () =>
      stop.abort(new MapperError("DEVICE_IO", `${address} did not let itself be connected within ${timeoutMs} ms`)),
    );
    try {
      signal.throwIfAborted();
      const connecting = peripheral.connectAsync({ ...linkParameters, mtu });
      // The controller goes on trying until it is told; the promise of the library ends with that.
      stop.signal.addEventListener("abort", () => peripheral.cancelConnect(), { once: true });
      await this.#unlessLost(connecting).catch((cause: unknown) => {
        if (stop.signal.aborted) throw stop.signal.reason;
        throw this.#lost ?? connectFailure(address, cause);
      });
    } finally {
      timer[Symbol.dispose]();
      signal.removeEventListener("abort", give);
    }
    const link = new NobleLink({
      address,
      peripheral,
      clock: this.#clock,
      requestMs: options.requestMs,
      way: this.#socket,
    });
    this.#links.set(address, link);
    link.onEnd(() => {
      if (this.#links.get(address) === link) this.#links.delete(address);
    });
    try {
      await link.discover(signal);
    } catch (error) {
      await link[Symbol.asyncDispose]();
      throw error;
    }
    return link;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#socket.quiet();
    this.#lose(new MapperError("DEVICE_ABORTED", "the adapter is being closed"), false);
  }

  #peripheral(heard: Advertisement): NoblePeripheral {
    const id = heard.address.replaceAll(":", "");
    if (!this.#peripherals.has(id)) this.#socket.introduce(heard);
    const found = this.#peripherals.get(id);
    if (!found) throw new MapperError("DEVICE_IO", `the library does not know ${heard.address} although it was heard`);
    return found;
  }

  #onState(state: string): void {
    const reason = hopeless[state];
    if (state === "poweredOn") this.#ready?.resolve();
    else if (reason !== undefined) this.#lose(new HalError("unsupported", reason));
    else if (state === "poweredOff" && !this.#ready) this.#lose(new HalError("disconnected", "it was switched off"));
  }

  #lose(error: Error, tell = true): void {
    if (this.#lost) return;
    this.#lost = error;
    this.#running.stop();
    this.#socket.close();
    this.#ready?.reject(error);
    for (const link of [...this.#links.values()]) link.lose(error);
    for (const action of [...this.#onLost]) action(error);
    if (tell) this.#listener.lost(error);
  }

  /** What a library promises may never come when its controller is gone. */
  #unlessLost<T>(outcome: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#lost) return reject(this.#lost);
      this.#onLost.add(reject);
      outcome.then(resolve, reject).finally(() => this.#onLost.delete(reject));
    });
  }
}

const connectFailure = (address: string, cause: unknown): MapperError =>
  new MapperError("DEVICE_IO", `${address} cannot be connected: ${(cause as Error).message}`, { cause });
