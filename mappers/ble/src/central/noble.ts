import type { EventEmitter } from "node:events";

/** What is used of a library that speaks the host's part of Bluetooth LE, by names that both known ones share. */
export interface Noble extends EventEmitter {
  /** Asking for it starts the library. */
  readonly state: string;
  startScanningAsync(services: readonly string[], allowDuplicates: boolean): Promise<void>;
  stopScanningAsync(): Promise<void>;
  /** Missing in one of them. */
  stop?(): void;
}

/** A device the library knows. */
export interface NoblePeripheral extends EventEmitter {
  /** The address without colons. */
  readonly id: string;
  readonly mtu: number | null;
  connectAsync(parameters: NobleConnectParameters): Promise<void>;
  cancelConnect(): void;
  disconnectAsync(): Promise<void>;
  discoverAllServicesAndCharacteristicsAsync(): Promise<{
    readonly services: readonly NobleService[];
    readonly characteristics: readonly NobleCharacteristic[];
  }>;
}

/** In units of HCI: 1.25 ms for the interval, 10 ms for the timeout. */
export interface NobleConnectParameters {
  readonly minInterval: number;
  readonly maxInterval: number;
  readonly latency: number;
  readonly timeout: number;
  /** Not known to one of them, which asks for 256. */
  readonly mtu?: number;
}

/** A service of a connected device. */
export interface NobleService {
  readonly uuid: string;
  readonly characteristics: readonly NobleCharacteristic[] | null;
}

/** A characteristic of a connected device. */
export interface NobleCharacteristic extends EventEmitter {
  readonly uuid: string;
  readonly properties: readonly string[];
  readAsync(): Promise<Buffer>;
  writeAsync(bytes: Buffer, withoutResponse: boolean): Promise<void>;
  subscribeAsync(): Promise<unknown>;
  unsubscribeAsync(): Promise<unknown>;
  discoverDescriptorsAsync(): Promise<readonly NobleDescriptor[]>;
}

/** A descriptor of a characteristic. */
export interface NobleDescriptor {
  readonly uuid: string;
  readValueAsync(): Promise<Buffer>;
  writeValueAsync(bytes: Buffer): Promise<void>;
}
