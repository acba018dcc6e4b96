import type { Advertisement } from "../hci/advertisement.ts";
import type { ScanSettings } from "../hci/hci-socket.ts";
import type { WayToController } from "../hci/patient-timer.ts";

/** What a central tells whoever uses it. */
export interface CentralListener {
  advertisement(heard: Advertisement): void;
  /** The controller is gone, or does not answer; said once, after which nothing works any more. */
  lost(error: Error): void;
}

/** The host's part of Bluetooth LE on one controller that is powered: it hears advertisements and connects devices. */
export interface Central extends WayToController, AsyncDisposable {
  /** Milliseconds since the controller said something. */
  readonly silentMs: number;
  /** Asks the controller for something; one that does not answer is lost. */
  probe(): void;
  /** Rejects when the controller refuses. */
  startScan(settings: ScanSettings): Promise<void>;
  stopScan(): Promise<void>;
  /** Connects a device that was heard. One call at a time, and never while a scan runs. */
  connect(heard: Advertisement, options: ConnectOptions): Promise<Link>;
}

/** How a device is connected. */
export interface ConnectOptions {
  /** Given up after so long. */
  readonly timeoutMs: number;
  /** Every request of the link ends within this, or the link does. */
  readonly requestMs: number;
  /** The largest packet of the ATT protocol to agree on. */
  readonly mtu: number;
  readonly signal: AbortSignal;
}

/** What can be done with a characteristic (Core 5.4, volume 3, part G 3.3.1.1). */
export type GattUse = "read" | "write" | "writeWithoutResponse" | "notify" | "indicate";

/** A characteristic of a connected device. */
export interface Characteristic {
  /** UUIDs as `uuidOf` writes them. */
  readonly service: string;
  readonly uuid: string;
  readonly uses: ReadonlySet<GattUse>;
}

interface LinkOptions {
  readonly signal?: AbortSignal;
}

/**
 * A connected device. Requests go one after the other, as the ATT protocol demands. They reject with MapperError
 * `DEVICE_IO` when the device does not answer or the link ends, with {@link AttError} when it refuses.
 */
export interface Link extends AsyncDisposable {
  readonly address: string;
  /** The largest packet both sides agreed on, in bytes. */
  readonly mtu: number;
  readonly characteristics: readonly Characteristic[];
  /** Why the link ended; undefined while it works. */
  readonly lost: Error | undefined;
  /** Calls `action` once, when the link ends by itself. */
  onLost(action: (error: Error) => void): void;
  read(characteristic: Characteristic, options?: LinkOptions): Promise<Uint8Array>;
  /** Resolves when the device has taken the value; without response, when it was sent. */
  write(
    characteristic: Characteristic,
    bytes: Uint8Array,
    options?: LinkOptions & { readonly withoutResponse?: boolean },
  ): Promise<void>;
  /** Values as the device sends them, by notification or indication, from now on. */
  subscribe(characteristic: Characteristic, onValue: (bytes: Uint8Array) => void, options?: LinkOptions): Promise<void>;
  /** UUIDs of what describes the characteristic. */
  descriptors(characteristic: Characteristic, options?: LinkOptions): Promise<readonly string[]>;
  readDescriptor(characteristic: Characteristic, descriptor: string, options?: LinkOptions): Promise<Uint8Array>;
  writeDescriptor(
    characteristic: Characteristic,
    descriptor: string,
    bytes: Uint8Array,
    options?: LinkOptions,
  ): Promise<void>;
}
