/** Header of each kind of packet, without its indicator (Core 5.4, volume 4, part A 2 and part E 5.4). */
const headers: Readonly<Record<number, { readonly bytes: number; readonly length: (header: Buffer) => number }>> = {
  1: { bytes: 3, length: (header) => header.readUInt8(2) },
  2: { bytes: 4, length: (header) => header.readUInt16LE(2) },
  3: { bytes: 3, length: (header) => header.readUInt8(2) },
  4: { bytes: 2, length: (header) => header.readUInt8(1) },
  5: { bytes: 4, length: (header) => header.readUInt16LE(2) & 0x3fff },
};

/** Kinds of packets on an HCI transport, each packet's first byte. */
export const packetKind = { command: 1, acl: 2, event: 4 } as const;

/** What {@link H4Parser} throws: the two ends no longer agree where a packet begins, which only a reset mends. */
export class LostSync extends Error {
  override readonly name = "LostSync";
}

/** Cuts a stream of bytes into HCI packets, each with its indicator first. Holds one incomplete packet at most. */
export class H4Parser {
  #rest: Buffer = Buffer.alloc(0);

  /** The packets that are complete with `bytes`. @throws LostSync when a packet begins with no known indicator. */
  push(bytes: Uint8Array): Buffer[] {
    let data = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    const packets: Buffer[] = [];
    for (;;) {
      const size = sizeOf(data);
      if (size === undefined || data.length < size) break;
      packets.push(data.subarray(0, size));
      data = data.subarray(size);
    }
    this.#rest = data;
    return packets;
  }
}

function sizeOf(data: Buffer): number | undefined {
  const kind = data[0];
  if (kind === undefined) return undefined;
  const header = headers[kind];
  if (!header) throw new LostSync(`0x${kind.toString(16)} begins no HCI packet: bytes were lost on the way`);
  if (data.length < 1 + header.bytes) return undefined;
  return 1 + header.bytes + header.length(data.subarray(1));
}
