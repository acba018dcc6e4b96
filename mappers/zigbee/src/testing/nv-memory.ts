import { join, u16, u32 } from "./bytes.ts";

/** Items of the non-volatile memory that the emulator itself uses (Z-Stack 3.x `ZComDef.h`). */
export const nvItems = {
  ieee: 0x01,
  startupOption: 0x03,
  nib: 0x21,
  extendedPanId: 0x2d,
  activeKey: 0x3a,
  alternateKey: 0x3b,
  apsLinkKeys: 0x4c,
  hasConfigured: 0x60,
  preconfiguredKey: 0x62,
  networkKey: 0x82,
  panId: 0x83,
  channels: 0x84,
  trustCenterSeed: 0x101,
} as const;

/** Tables of extended items, of system 1; `ADDRMGR` says who has which address. */
const tables = { addresses: 1, securityMaterial: 7, trustCenterKeys: 4, apsKeys: 6 } as const;

/** An address manager entry that nobody has; aligned, as on 32-bit chips. */
const freeAddress = Buffer.alloc(12, 0xff).fill(0, 0, 1);
/** Users of an address manager entry: 1 is a child of the coordinator. */
const associated = 1;

/** What defines a network. */
export interface NetworkParameters {
  readonly panId: number;
  /** As in the beacon: the last byte first. */
  readonly extendedPanId: Buffer;
  readonly channel: number;
  readonly channelMask: number;
}

/** The memory of a coordinator that survives a power cut: what the network is, and who is in it. */
export class NvMemory {
  readonly items = new Map<number, Buffer>();
  readonly #extended = new Map<string, Buffer>();
  readonly #capacity: number;

  /** @param capacity of the address table. */
  constructor({ ieee, capacity = 50 }: { readonly ieee: string; readonly capacity?: number }) {
    this.#capacity = capacity;
    this.items.set(nvItems.ieee, Buffer.from(ieee.slice(2), "hex").reverse());
    this.items.set(nvItems.networkKey, Buffer.alloc(24));
    this.items.set(nvItems.trustCenterSeed, Buffer.from("emulated-tc-seed"));
    this.items.set(nvItems.apsLinkKeys, u16(0));
    for (let index = 0; index < capacity; index++) this.#put(tables.addresses, index, freeAddress);
    for (let index = 0; index < 4; index++) {
      this.#put(tables.securityMaterial, index, Buffer.alloc(12));
      this.#put(tables.trustCenterKeys, index, Buffer.alloc(20));
      this.#put(tables.apsKeys, index, Buffer.alloc(24));
    }
  }

  get ieee(): string {
    return `0x${Buffer.from(this.items.get(nvItems.ieee) as Buffer)
      .reverse()
      .toString("hex")}`;
  }

  /** An item of a table; undefined when there is none. */
  extended(key: string): Buffer | undefined {
    return this.#extended.get(key);
  }

  setExtended(key: string, value: Buffer): void {
    this.#extended.set(key, value);
  }

  /** The network that was formed, or undefined. */
  get network(): NetworkParameters | undefined {
    const nib = this.items.get(nvItems.nib);
    if (!nib) return undefined;
    return {
      channel: nib.readUInt8(nibOffsets.channel),
      panId: nib.readUInt16LE(nibOffsets.panId),
      channelMask: nib.readUInt32LE(nibOffsets.channelMask),
      extendedPanId: Buffer.from(nib.subarray(nibOffsets.extendedPanId, nibOffsets.extendedPanId + 8)),
    };
  }

  /** The key that frames are encrypted with. */
  get key(): Buffer | undefined {
    return this.items.get(nvItems.activeKey)?.subarray(1, 17);
  }

  /** The next frame of the network carries this counter: one that was used before is dropped by everybody. */
  get frameCounter(): number {
    return this.#extended.get(keyOf(tables.securityMaterial, 0))?.readUInt32LE(0) ?? 0;
  }

  set frameCounter(value: number) {
    const extendedPanId = this.network?.extendedPanId ?? Buffer.alloc(8);
    this.#put(tables.securityMaterial, 0, join(u32(value), extendedPanId));
  }

  /** Writes down the network that the items say is wanted. */
  form(): void {
    const mask = (this.items.get(nvItems.channels) as Buffer).readUInt32LE(0);
    const key = this.items.get(nvItems.preconfiguredKey) as Buffer;
    const descriptor = join(0, key, 0);
    this.items.set(nvItems.activeKey, descriptor);
    this.items.set(nvItems.alternateKey, Buffer.from(descriptor));
    const panId = (this.items.get(nvItems.panId) as Buffer).readUInt16LE(0);
    const extendedPanId = this.items.get(nvItems.extendedPanId) as Buffer;
    const channel = 31 - Math.clz32(mask & -mask);
    this.items.set(nvItems.nib, nibOf({ panId, extendedPanId, channel, channelMask: mask }));
    this.frameCounter = 1;
  }

  /** The network is on another channel from now on. */
  moveTo(channel: number): void {
    const { network } = this;
    if (network) this.items.set(nvItems.nib, nibOf({ ...network, channel, channelMask: 2 ** channel }));
  }

  /** Forgets the network and everybody in it. */
  clearNetwork(): void {
    for (const id of [nvItems.nib, nvItems.activeKey, nvItems.alternateKey, nvItems.hasConfigured])
      this.items.delete(id);
    for (let index = 0; index < this.#capacity; index++) this.#put(tables.addresses, index, freeAddress);
  }

  /** Who is in the network, by IEEE address. */
  get addresses(): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    for (const entry of this.#entries())
      if (entry[0] !== 0 && entry[0] !== 0xff)
        found.set(`0x${Buffer.from(entry.subarray(4, 12)).reverse().toString("hex")}`, entry.readUInt16LE(2));
    return found;
  }

  /** Notes a device; false when the table is full. */
  remember(ieee: string, nwk: number): boolean {
    const address = Buffer.from(ieee.slice(2), "hex").reverse();
    const entries = this.#entries();
    const known = entries.findIndex((entry) => entry.subarray(4, 12).equals(address));
    const index = known >= 0 ? known : entries.findIndex((entry) => entry[0] === 0 || entry[0] === 0xff);
    if (index < 0) return false;
    this.#put(tables.addresses, index, join(associated, 0xff, u16(nwk), address));
    return true;
  }

  forget(ieee: string): void {
    const address = Buffer.from(ieee.slice(2), "hex").reverse();
    const index = this.#entries().findIndex((entry) => entry.subarray(4, 12).equals(address));
    if (index >= 0) this.#put(tables.addresses, index, freeAddress);
  }

  #entries(): Buffer[] {
    return Array.from(
      { length: this.#capacity },
      (_, index) => this.#extended.get(keyOf(tables.addresses, index)) ?? freeAddress,
    );
  }

  #put(table: number, index: number, entry: Buffer): void {
    this.#extended.set(keyOf(table, index), Buffer.from(entry));
  }
}

/** Key of an extended item of system 1. */
const keyOf = (table: number, index: number): string => `1/${table}/${index}`;

/** Where the parts of the network information base lie on a 32-bit chip, which keeps numbers at even offsets. */
const nibOffsets = { channel: 24, panId: 36, state: 38, channelMask: 40, extendedPanId: 57, keyLoaded: 65 } as const;
/** Its first members: sequence number, retries, table sizes, security level 5 and so on, as Z-Stack sets them. */
const nibHead = [0, 5, 2, 20, 15, 20, 0, 30, 0, 3, 0, 1, 5, 0, 0, 0, 7, 0, 2, 13, 255];
/** The state of a coordinator whose network runs (`NWK_ROUTER`). */
const nwkRouter = 20;

function nibOf({ panId, extendedPanId, channel, channelMask }: NetworkParameters): Buffer {
  const nib = Buffer.alloc(116);
  nib.set(nibHead);
  nib.writeUInt8(channel, nibOffsets.channel);
  nib.writeUInt16LE(panId, nibOffsets.panId);
  nib.writeUInt8(nwkRouter, nibOffsets.state);
  nib.writeUInt32LE(channelMask, nibOffsets.channelMask);
  nib.set(extendedPanId, nibOffsets.extendedPanId);
  nib.writeUInt8(1, nibOffsets.keyLoaded);
  return nib;
}
