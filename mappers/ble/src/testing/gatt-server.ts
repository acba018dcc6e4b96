import { uuidBytes } from "../hci/uuid.ts";

/** What a characteristic of a simulated device can do. */
export type SimUse = "read" | "write" | "writeWithoutResponse" | "notify" | "indicate";

/** A characteristic as a test declares it. */
export interface SimCharacteristicOptions {
  readonly uuid: string;
  readonly uses: readonly SimUse[];
  readonly value?: Uint8Array;
  /** By UUID, besides the one that subscriptions need. */
  readonly descriptors?: Readonly<Record<string, Uint8Array>>;
}

/** A service as a test declares it. */
export interface SimServiceOptions {
  readonly uuid: string;
  readonly characteristics: readonly SimCharacteristicOptions[];
}

/** A characteristic of a simulated device: what it holds, and what becomes of it. */
export class SimCharacteristic {
  readonly uuid: string;
  readonly uses: ReadonlySet<SimUse>;
  value: Uint8Array;
  /** Everything that was written, oldest first. */
  readonly written: Uint8Array[] = [];
  /** Reads that were answered. */
  reads = 0;
  /** Answers requests with this error of the ATT protocol. */
  refusal: number | undefined;
  /** Called for each write, after it was taken. */
  onWrite: ((bytes: Uint8Array) => void) | undefined;

  constructor({ uuid, uses, value = new Uint8Array() }: SimCharacteristicOptions) {
    this.uuid = uuid;
    this.uses = new Set(uses);
    this.value = value;
  }

  write(bytes: Uint8Array): void {
    this.value = bytes;
    this.written.push(bytes);
    this.onWrite?.(bytes);
  }
}

interface Attribute {
  readonly type: string;
  /** Last handle of the service it begins. */
  groupEnd?: number;
  readonly fixed?: Uint8Array;
  readonly characteristic?: SimCharacteristic;
  /** The subscription of this characteristic. */
  readonly subscription?: SimCharacteristic;
  value?: Uint8Array;
}

const useBits: Readonly<Record<SimUse, number>> = {
  read: 0x02,
  writeWithoutResponse: 0x04,
  write: 0x08,
  notify: 0x10,
  indicate: 0x20,
};
const primaryService = "2800";
const declaration = "2803";
const subscriptionUuid = "2902";
const leastMtu = 23;

const invalidHandle = 0x01;
const readNotPermitted = 0x02;
const writeNotPermitted = 0x03;
const notSupported = 0x06;
const notFound = 0x0a;

/** The attributes of a simulated device, and its side of the ATT protocol (Core 5.4, volume 3, part F). */
export class GattServer {
  readonly characteristics: readonly SimCharacteristic[];
  /** The largest packet it agrees to. */
  largestMtu = 247;
  /** Requests it got, one byte each. */
  readonly requests: number[] = [];
  readonly #attributes: Attribute[] = [{ type: "" }]; // handles count from 1
  readonly #handles = new Map<SimCharacteristic, number>();
  readonly #prepared: { handle: number; offset: number; bytes: Buffer }[] = [];
  #mtu = leastMtu;
  #send: ((packet: Buffer) => void) | undefined;

  constructor(services: readonly SimServiceOptions[]) {
    const all: SimCharacteristic[] = [];
    for (const { uuid, characteristics } of services) {
      const service: Attribute = { type: primaryService, fixed: uuidBytes(uuid) };
      this.#attributes.push(service);
      for (const options of characteristics) {
        const characteristic = new SimCharacteristic(options);
        all.push(characteristic);
        this.#add(characteristic, options);
      }
      service.groupEnd = this.#attributes.length - 1;
    }
    this.characteristics = all;
  }

  get mtu(): number {
    return this.#mtu;
  }

  /** The characteristic of that UUID. @throws TypeError when there is none. */
  characteristic(uuid: string): SimCharacteristic {
    const found = this.characteristics.find((one) => one.uuid === uuid);
    if (!found) throw new TypeError(`the simulated device has no characteristic ${uuid}`);
    return found;
  }

  /** A central is connected; `send` takes packets to it. */
  connected(send: (packet: Buffer) => void): void {
    this.#send = send;
    this.#mtu = leastMtu;
    this.#prepared.length = 0;
    // Subscriptions of devices that are not bonded end with the link.
    for (const attribute of this.#attributes) if (attribute.subscription) attribute.value = Buffer.alloc(2);
  }

  disconnected(): void {
    this.#send = undefined;
  }

  /** Sets a value and tells whoever subscribed to it. */
  push(uuid: string, value: Uint8Array): void {
    const characteristic = this.characteristic(uuid);
    characteristic.value = value;
    const { value: bits } = this.#attributes.find((one) => one.subscription === characteristic) ?? {};
    const wanted = bits?.[0] ?? 0;
    if (wanted === 0) return;
    const handle = this.#handles.get(characteristic) as number;
    const notification = 0x1b;
    const indication = 0x1d;
    this.#send?.(
      Buffer.concat([withHandle(wanted & 1 ? notification : indication, handle), value.subarray(0, this.#mtu - 3)]),
    );
  }

  /** The answer to a packet; undefined for what is not answered. */
  answer(packet: Buffer): Buffer | undefined {
    const code = packet.readUInt8(0);
    this.requests.push(code);
    if (this.requests.length > 1000) this.requests.splice(0, 500);
    switch (code) {
      case 0x02:
        this.#mtu = Math.max(leastMtu, Math.min(packet.readUInt16LE(1), this.largestMtu));
        return withHandle(0x03, this.largestMtu);
      case 0x04:
        return this.#findInformation(packet);
      case 0x08:
      case 0x10:
        return this.#readByType(packet);
      case 0x0a:
      case 0x0c:
        return this.#read(packet);
      case 0x12:
      case 0x52:
        return this.#write(packet);
      case 0x16:
        return this.#prepare(packet);
      case 0x18:
        return this.#execute(packet);
      case 0x1e:
        return undefined;
      default:
        // Commands, which have this bit, are never answered.
        return code & 0x40 ? undefined : refused(code, 0, notSupported);
    }
  }

  #add(characteristic: SimCharacteristic, { descriptors = {} }: SimCharacteristicOptions): void {
    const bits = [...characteristic.uses].reduce((all, use) => all | useBits[use], 0);
    const handle = this.#attributes.length + 1;
    this.#handles.set(characteristic, handle);
    this.#attributes.push({
      type: declaration,
      fixed: Buffer.concat([withHandle(bits, handle), uuidBytes(characteristic.uuid)]),
    });
    this.#attributes.push({ type: characteristic.uuid, characteristic });
    if (characteristic.uses.has("notify") || characteristic.uses.has("indicate"))
      this.#attributes.push({ type: subscriptionUuid, subscription: characteristic, value: Buffer.alloc(2) });
    for (const [uuid, value] of Object.entries(descriptors)) this.#attributes.push({ type: uuid, value });
  }

  /** Attributes of a type, as many as fit, all of one length (3.4.4.1 and 3.4.4.9). */
  #readByType(packet: Buffer): Buffer {
    const [code, first, last] = [packet.readUInt8(0), packet.readUInt16LE(1), packet.readUInt16LE(3)];
    const type = Buffer.from(packet.subarray(5)).reverse().toString("hex");
    const rows: Buffer[] = [];
    for (let handle = first; handle <= last && handle < this.#attributes.length; handle++) {
      const attribute = this.#attributes[handle] as Attribute;
      if (attribute.type !== type) continue;
      const row =
        code === 0x10
          ? Buffer.concat([pair(handle, attribute.groupEnd as number), contentOf(attribute)])
          : Buffer.concat([Buffer.of(handle & 0xff, handle >> 8), contentOf(attribute)]);
      if (rows[0] && (rows[0].length !== row.length || (rows.length + 1) * row.length > this.#mtu - 2)) break;
      rows.push(row.subarray(0, this.#mtu - 2));
    }
    const [one] = rows;
    return one ? Buffer.concat([Buffer.of(code + 1, one.length), ...rows]) : refused(code, first, notFound);
  }

  #findInformation(packet: Buffer): Buffer {
    const [first, last] = [packet.readUInt16LE(1), packet.readUInt16LE(3)];
    const rows: Buffer[] = [];
    let width: number | undefined;
    for (let handle = first; handle <= last && handle < this.#attributes.length; handle++) {
      const type = uuidBytes((this.#attributes[handle] as Attribute).type);
      width ??= type.length;
      if (type.length !== width || (rows.length + 1) * (2 + width) > this.#mtu - 2) break;
      rows.push(Buffer.concat([Buffer.of(handle & 0xff, handle >> 8), type]));
    }
    return rows.length > 0
      ? Buffer.concat([Buffer.of(0x05, width === 2 ? 1 : 2), ...rows])
      : refused(0x04, first, notFound);
  }

  #read(packet: Buffer): Buffer {
    const [code, handle] = [packet.readUInt8(0), packet.readUInt16LE(1)];
    const attribute = this.#attributes[handle];
    if (!attribute || handle === 0) return refused(code, handle, invalidHandle);
    const { characteristic } = attribute;
    if (characteristic?.refusal !== undefined) return refused(code, handle, characteristic.refusal);
    if (characteristic && !characteristic.uses.has("read")) return refused(code, handle, readNotPermitted);
    if (characteristic) characteristic.reads++;
    const offset = code === 0x0c ? packet.readUInt16LE(3) : 0;
    return Buffer.concat([Buffer.of(code + 1), contentOf(attribute).subarray(offset, offset + this.#mtu - 1)]);
  }

  #write(packet: Buffer): Buffer | undefined {
    const [code, handle] = [packet.readUInt8(0), packet.readUInt16LE(1)];
    const bytes = Buffer.from(packet.subarray(3));
    const problem = this.#store(handle, bytes, code === 0x52 ? "writeWithoutResponse" : "write");
    if (code === 0x52) return undefined;
    return problem === undefined ? Buffer.of(0x13) : refused(code, handle, problem);
  }

  #store(handle: number, bytes: Buffer, use: SimUse): number | undefined {
    const attribute = this.#attributes[handle];
    if (!attribute || handle === 0) return invalidHandle;
    const { characteristic } = attribute;
    if (!characteristic) {
      if (attribute.value === undefined) return writeNotPermitted;
      attribute.value = bytes;
      return undefined;
    }
    if (characteristic.refusal !== undefined) return characteristic.refusal;
    if (!characteristic.uses.has(use)) return writeNotPermitted;
    characteristic.write(bytes);
    return undefined;
  }

  #prepare(packet: Buffer): Buffer {
    const [handle, offset] = [packet.readUInt16LE(1), packet.readUInt16LE(3)];
    const { characteristic } = this.#attributes[handle] ?? {};
    if (!characteristic?.uses.has("write")) return refused(0x16, handle, writeNotPermitted);
    if (characteristic.refusal !== undefined) return refused(0x16, handle, characteristic.refusal);
    this.#prepared.push({ handle, offset, bytes: Buffer.from(packet.subarray(5)) });
    return Buffer.concat([Buffer.of(0x17), packet.subarray(1)]);
  }

  #execute(packet: Buffer): Buffer {
    const parts = this.#prepared.splice(0);
    const [first] = parts;
    if (first && packet.readUInt8(1) === 1) {
      const whole = Buffer.alloc(Math.max(...parts.map(({ offset, bytes }) => offset + bytes.length)));
      for (const { offset, bytes } of parts) bytes.copy(whole, offset);
      this.#store(first.handle, whole, "write");
    }
    return Buffer.of(0x19);
  }
}

const contentOf = ({ fixed, characteristic, value }: Attribute): Buffer =>
  Buffer.from(fixed ?? characteristic?.value ?? value ?? []);
const pair = (first: number, second: number): Buffer => Buffer.of(first & 0xff, first >> 8, second & 0xff, second >> 8);
const withHandle = (code: number, handle: number): Buffer => Buffer.of(code, handle & 0xff, handle >> 8);
const refused = (request: number, handle: number, code: number): Buffer =>
  Buffer.of(0x01, request, handle & 0xff, handle >> 8, code);
