import { addressOf } from "../hci/address.ts";
import { type Advertised, advertisingData, nameData } from "./advertising-data.ts";
import { GattServer, type SimServiceOptions } from "./gatt-server.ts";

/** A device as a test declares it. */
export interface SimDeviceOptions extends Advertised {
  readonly address: string;
  readonly addressType?: "public" | "random";
  /** Between two advertisements. Default 1000. */
  readonly intervalMs?: number;
  readonly rssi?: number;
  /** What it has for those who connect it; without any it only advertises. */
  readonly gatt?: readonly SimServiceOptions[];
}

/** A simulated Bluetooth LE device, in range of a `SimController`: it advertises, and serves whoever connects it. */
export class SimDevice {
  readonly address: string;
  readonly addressType: "public" | "random";
  readonly intervalMs: number;
  readonly server: GattServer;
  readonly isConnectable: boolean;
  rssi: number;
  /** What it advertises from now on. */
  advertised: Advertised;
  /** Whether it has power and is in range. */
  isPresent = true;
  /** Whether it answers what it is asked; the link stays. */
  isMute = false;
  /** How often it was connected. */
  connections = 0;
  /** Advertisements it sent. */
  advertisements = 0;

  constructor({
    address,
    addressType = "public",
    intervalMs = 1000,
    rssi = -60,
    gatt,
    ...advertised
  }: SimDeviceOptions) {
    const known = addressOf(address);
    if (known === undefined) throw new TypeError(`${address} is no Bluetooth address`);
    this.address = known;
    this.addressType = addressType;
    this.intervalMs = intervalMs;
    this.rssi = rssi;
    this.advertised = advertised;
    this.isConnectable = gatt !== undefined;
    this.server = new GattServer(gatt ?? []);
  }

  /** The bytes of its advertisement. */
  get data(): Buffer {
    return advertisingData(this.advertised);
  }

  /** The bytes it answers a question of an active scan with. */
  get response(): Buffer {
    const { name } = this.advertised;
    return name === undefined ? Buffer.alloc(0) : nameData(name);
  }
}
