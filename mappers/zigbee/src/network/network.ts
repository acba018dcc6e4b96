import { type Clock, delay, Feed, type Log, MapperError, type Timer } from "@edgetwin/mapper-sdk";
import type { Controller } from "zigbee-herdsman";
import type { CoordinatorConnection } from "../connection.ts";
import { reasonOf } from "../refused.ts";
import { DeviceEvents, type DeviceListener } from "./device-events.ts";
import { takeFirstLook } from "./first-look.ts";
import { isWorthSaying, ladderMs } from "./ladder.ts";
import { abandon, type KnownDevice, type KnownEndpoint, loadLibrary } from "./library.ts";
import { LibraryLog } from "./library-log.ts";
import { openNetworkFiles } from "./network-files.ts";

/** What a network is made of. */
export interface NetworkParts {
  readonly connection: CoordinatorConnection;
  /** Folder for what must survive. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** `starting` until it ran for the first time, `lost` while the dongle is away. */
export type NetworkStatus = "starting" | "online" | "lost" | "closed";

/** What a network is, once it runs. */
export interface NetworkFacts {
  readonly channel: number;
  readonly panId: number;
  readonly extendedPanId: string;
  /** Firmware of the dongle. */
  readonly firmware: string;
}

/** How often the dongle is asked whether it is there, and how long closing may take before it is cut off. */
const watchMs = 60_000;
const closeMs = 5_000;
/** How long a device has to answer each question of the first look. */
const firstLookMs = 4_000;
/** Requests in a row that the dongle leaves unanswered or refuses before it is started anew. */
const enoughFailures = 3;

/**
 * A Zigbee network and the dongle that it runs on. When the dongle is lost it is tried again for ever, less and less
 * often; whoever asks meanwhile is refused at once.
 */
export class Network implements AsyncDisposable {
  readonly #parts: NetworkParts;
  readonly #events: DeviceEvents;
  readonly #closing = new AbortController();
  readonly #met = new Set<string>();
  /** Told whenever the status, the join window or the list of devices may have changed. */
  readonly changes = new Feed<void>({}, { limit: 1 });
  #status: NetworkStatus = "starting";
  #controller: Controller | undefined;
  #facts: NetworkFacts | undefined;
  #reason = "it is starting";
  #failures = 0;
  #watch: Timer | undefined;
  #climbing: Promise<void> = Promise.resolve();

  constructor(parts: NetworkParts) {
    this.#parts = parts;
    this.#events = new DeviceEvents(parts.clock);
  }

  get path(): string {
    return this.#parts.connection.path;
  }

  get status(): NetworkStatus {
    return this.#status;
  }

  /** The library. @throws MapperError `DEVICE_IO` while the dongle is away. */
  get controller(): Controller {
    if (this.#controller) return this.#controller;
    throw new MapperError("DEVICE_IO", `the network at ${this.path} does not run: ${this.#reason}`);
  }

  /** @throws MapperError `DEVICE_IO` while the dongle is away. */
  get facts(): NetworkFacts {
    if (this.#controller && this.#facts) return this.#facts;
    throw new MapperError("DEVICE_IO", `the network at ${this.path} does not run: ${this.#reason}`);
  }

  /** All devices but the coordinator. */
  get devices(): readonly KnownDevice[] {
    return [...this.controller.getDevicesIterator((device) => device.type !== "Coordinator")];
  }

  /** Whether a device joined in the time of this process, and was asked what it has. */
  hasMet(ieee: string): boolean {
    return this.#met.has(ieee);
  }

  /** A device by its address. @throws MapperError `DEVICE_IO` when it is not in the network, or that does not run. */
  device(ieee: string): KnownDevice {
    const found = this.controller.getDeviceByIeeeAddr(ieee);
    if (found) return found;
    throw new MapperError(
      "DEVICE_IO",
      `${ieee} is not in the network at ${this.path}; open its join window and have the device join`,
    );
  }

  /** The endpoint of the dongle that devices report to. */
  get endpoint(): KnownEndpoint {
    const endpoint = this.controller.getDevicesByType("Coordinator")[0]?.getEndpoint(1);
    if (!endpoint) throw new MapperError("DEVICE_IO", `the dongle at ${this.path} has no endpoint 1`);
    return endpoint;
  }

  /** How long a device has said nothing, in milliseconds; counted from the start of this process at most. */
  silentMs(ieee: string): number {
    return this.#events.silentMs(ieee);
  }

  /**
   * Tells a device again what it may have forgotten: `tell` is called with true when it announced itself since it was
   * told last, also while nobody listened to it.
   */
  async remind(ieee: string, tell: (mayHaveForgotten: boolean) => Promise<void>): Promise<void> {
    const mayHaveForgotten = this.#events.takeForgetful(ieee);
    try {
      await tell(mayHaveForgotten);
    } catch (error) {
      if (mayHaveForgotten) this.#events.keepForgetful(ieee);
      throw error;
    }
  }

  /** Hears what becomes of one device, until the return value is called. */
  listen(ieee: string, listener: DeviceListener): () => void {
    return this.#events.listen(ieee, listener);
  }

  /** A device was removed: whoever uses it hears so. */
  forget(ieee: string): void {
    this.#met.delete(ieee);
    this.#events.leave(ieee);
    this.changes.push();
  }

  /** Starts the dongle for the first time. Rejects with `CONFIG_INVALID` or `DEVICE_IO` saying why it does not run. */
  async start(): Promise<void> {
    try {
      await this.#run();
    } catch (error) {
      this.#reason = messageOf(error);
      if (error instanceof MapperError) throw error;
      throw new MapperError("DEVICE_IO", `the dongle at ${this.path} does not start: ${this.#reason}`, {
        cause: error,
      });
    }
  }

  /**
   * Runs a request to the dongle or through it, and keeps an eye on the dongle: one that answers nothing more is started
   * anew. Rejects as the library does.
   */
  async request<T>(action: () => Promise<T>): Promise<T> {
    try {
      const result = await action();
      this.#failures = 0;
      return result;
    } catch (error) {
      if (isDongleFailure(error) && ++this.#failures >= enoughFailures)
        this.#give(`it answers no more (${messageOf(error)})`);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new MapperError("DEVICE_ABORTED", "the network is being closed"));
    this.#watch?.[Symbol.dispose]();
    await this.#climbing;
    const controller = this.#controller;
    this.#became("closed", "it was closed");
    if (controller) await this.#stop(controller);
  }

  async #run(): Promise<void> {
    const { connection, directory, clock, log } = this.#parts;
    const { Controller, setLogger } = await loadLibrary();
    const { path, adapter, baudRate, rtscts, channel, transmitPower } = connection;
    const { identity, database, backup } = openNetworkFiles(directory, connection);
    setLogger(new LibraryLog({ log, clock }));
    const controller = new Controller({
      network: {
        panID: identity.panId,
        extendedPanID: [...Buffer.from(identity.extendedPanId, "hex")],
        networkKey: [...identity.key],
        channelList: [channel],
      },
      serialPort: { path, adapter, ...(baudRate && { baudRate }), ...(rtscts !== undefined && { rtscts }) },
      databasePath: database,
      databaseBackupPath: `${database}.bak`,
      backupPath: backup,
      adapter: { disableLED: false, ...(transmitPower !== undefined && { transmitPower }) },
      acceptJoiningDeviceHandler: () => Promise.resolve(true),
    });
    try {
      const how = await controller.start(this.#closing.signal);
      const { channel: now, panID, extendedPanID } = await controller.getNetworkParameters();
      const { type, meta } = await controller.getCoordinatorVersion();
      const firmware = `${type} ${meta.revision ?? ""}`.trim();
      this.#facts = { channel: now, panId: panID, extendedPanId: String(extendedPanID).replace(/^0x/, ""), firmware };
      log.info("zigbee.network", { path, how, channel: now, panId: panID, firmware });
    } catch (error) {
      await abandon(controller);
      throw error;
    }
    this.#attach(controller);
  }

  #attach(controller: Controller): void {
    const tell = () => this.changes.push();
    this.#events.follow(controller, tell);
    controller.on("permitJoinChanged", tell);
    controller.on("adapterDisconnected", () => {
      if (this.#controller === controller) this.#lost("the dongle is gone");
    });
    controller.on("deviceInterview", ({ status, device }) => {
      const { ieeeAddr, modelID, manufacturerName } = device;
      const fields = { ieee: ieeeAddr, status, model: modelID, manufacturer: manufacturerName };
      this.#parts.log[status === "failed" ? "warn" : "info"]("zigbee.interview", fields);
      if (status === "successful") void this.#meet(device);
    });
    this.#failures = 0;
    this.#controller = controller;
    this.#became("online", "");
    this.#look(controller);
  }

  async #meet(device: KnownDevice): Promise<void> {
    await takeFirstLook(device, firstLookMs);
    this.#met.add(device.ieeeAddr);
    this.changes.push();
  }

  /** Asks the dongle now and then whether it is there: one that hangs breaks no connection. */
  #look(controller: Controller): void {
    const { clock } = this.#parts;
    this.#watch = clock.after(
      watchMs,
      () => {
        const { adapter } = controller as unknown as { adapter: { getCoordinatorIEEE(): Promise<string> } };
        void this.request(() => adapter.getCoordinatorIEEE())
          .catch(() => undefined) // counted by `request`
          .then(() => {
            if (this.#controller === controller) this.#look(controller);
          });
      },
      { background: true },
    );
  }

  /** Gives the dongle up as if it had been pulled; the library knows no other way to let go of one that hangs. */
  #give(reason: string): void {
    const controller = this.#controller;
    if (!controller) return;
    this.#lost(reason);
    cutOff(controller);
  }

  #lost(reason: string): void {
    const controller = this.#controller;
    if (!controller || this.#closing.signal.aborted) return;
    this.#watch?.[Symbol.dispose]();
    this.#became("lost", reason);
    this.#parts.log.warn("zigbee.lost", { path: this.path, reason });
    this.#climbing = this.#climb(controller).catch(() => undefined); // it ends when the network is closed
  }

  /** Tries until it runs again. */
  async #climb(lost: Controller): Promise<void> {
    const { clock, random, log } = this.#parts;
    await this.#stop(lost);
    for (let attempt = 1; ; attempt++) {
      await delay(clock, ladderMs(attempt, random()), this.#closing.signal);
      try {
        await this.#run();
        log.info("zigbee.back", { path: this.path, attempt });
        return;
      } catch (error) {
        if (this.#closing.signal.aborted) throw error;
        this.#reason = messageOf(error);
        if (isWorthSaying(attempt)) log.warn("zigbee.still-lost", { path: this.path, attempt, reason: this.#reason });
      }
    }
  }

  /** Lets go of the dongle, with a backup when it still answers. Never rejects. */
  async #stop(controller: Controller): Promise<void> {
    const { clock, log } = this.#parts;
    using _ = clock.after(closeMs, () => cutOff(controller));
    try {
      await controller.stop();
    } catch (error) {
      log.warn("zigbee.stop", { path: this.path, reason: messageOf(error) });
      await abandon(controller);
    }
  }

  #became(status: NetworkStatus, reason: string): void {
    this.#status = status;
    this.#reason = reason;
    if (status !== "online") {
      this.#controller = undefined;
      this.#events.lose(new MapperError("DEVICE_IO", `the network at ${this.path} does not run: ${reason}`));
    }
    this.changes.push();
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The dongle itself left a request unanswered or refused it; one whose buffers are full only wants to be asked later. */
function isDongleFailure(error: unknown): boolean {
  const message = reasonOf(error);
  if (/BUFFER_FULL|MEM_ERROR|NO_RESOURCES/.test(message)) return false;
  return /^SRSP - |^--> 'SREQ/.test(message);
}

function cutOff(controller: Controller): void {
  const { adapter } = controller as unknown as { readonly adapter?: { emit(event: "disconnected"): void } };
  adapter?.emit("disconnected");
}
