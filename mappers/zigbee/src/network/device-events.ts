import type { Clock } from "@edgetwin/mapper-sdk";
import type { Controller } from "zigbee-herdsman";

/** What becomes of a device. */
export type DeviceEvent =
  /** It reported attributes of a cluster; their values are in its endpoint by now. */
  | {
      readonly kind: "report";
      readonly endpoint: number;
      readonly cluster: string | number;
      readonly names: readonly string[];
    }
  /** It sent a command of a cluster, e.g. the status of a zone. */
  | {
      readonly kind: "command";
      readonly endpoint: number;
      readonly cluster: string | number;
      readonly command: string;
      readonly data: Readonly<Record<string, unknown>>;
    }
  /** It said something, whatever it was. */
  | { readonly kind: "heard" }
  /** It got power again, or found the network again: it may have forgotten what it was told. */
  | { readonly kind: "announced" }
  | { readonly kind: "left" }
  /** The dongle is gone, and with it everything. */
  | { readonly kind: "lost"; readonly error: Error };

/** Gets what becomes of a device. */
export type DeviceListener = (event: DeviceEvent) => void;

/** Hands what the library tells to whoever wants to know it of one device. */
export class DeviceEvents {
  readonly #clock: Clock;
  readonly #listeners = new Map<string, Set<DeviceListener>>();
  /** On the monotonic clock, by address. */
  readonly #heardAt = new Map<string, number>();
  /** Who may have forgotten what it was told. */
  readonly #forgetful = new Set<string>();
  /** What was heard before this process is not known: a Pi has no clock that runs without power. */
  readonly #since: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.monotonic();
  }

  /** How long a device has said nothing, in milliseconds. */
  silentMs(ieee: string): number {
    return this.#clock.monotonic() - (this.#heardAt.get(ieee) ?? this.#since);
  }

  /** Whether a device announced itself since it was last asked for here, also while nobody listened to it. */
  takeForgetful(ieee: string): boolean {
    return this.#forgetful.delete(ieee);
  }

  /** What the device may have forgotten could not be said again. */
  keepForgetful(ieee: string): void {
    this.#forgetful.add(ieee);
  }

  /** Hears of one device until the return value is called. */
  listen(ieee: string, listener: DeviceListener): () => void {
    const set = this.#listeners.get(ieee) ?? new Set();
    this.#listeners.set(ieee, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.#listeners.get(ieee) === set) this.#listeners.delete(ieee);
    };
  }

  /** Follows a controller; `changed` is called when devices come and go. */
  follow(controller: Controller, changed: () => void): void {
    controller.on("message", ({ type, device, endpoint, cluster, data }) => {
      const { ieeeAddr } = device;
      if (type === "attributeReport") {
        this.#tell(ieeeAddr, { kind: "report", endpoint: endpoint.ID, cluster, names: Object.keys(data) });
      } else if (type.startsWith("command") && !Array.isArray(data) && !Buffer.isBuffer(data)) {
        this.#tell(ieeeAddr, { kind: "command", endpoint: endpoint.ID, cluster, command: type, data });
      }
    });
    controller.on("lastSeenChanged", ({ device }) => {
      this.#heardAt.set(device.ieeeAddr, this.#clock.monotonic());
      this.#tell(device.ieeeAddr, { kind: "heard" });
    });
    controller.on("deviceAnnounce", ({ device }) => {
      this.#forgetful.add(device.ieeeAddr);
      this.#tell(device.ieeeAddr, { kind: "announced" });
    });
    controller.on("deviceLeave", ({ ieeeAddr }) => {
      this.leave(ieeeAddr);
      changed();
    });
    controller.on("deviceJoined", changed);
    controller.on("deviceInterview", changed);
  }

  /** The device is in the network no more. */
  leave(ieee: string): void {
    this.#heardAt.delete(ieee);
    this.#forgetful.delete(ieee);
    this.#tell(ieee, { kind: "left" });
  }

  /** Tells everybody that the dongle is gone. */
  lose(error: Error): void {
    for (const ieee of [...this.#listeners.keys()]) this.#tell(ieee, { kind: "lost", error });
  }

  #tell(ieee: string, event: DeviceEvent): void {
    for (const listener of [...(this.#listeners.get(ieee) ?? [])]) listener(event);
  }
}
