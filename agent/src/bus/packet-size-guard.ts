/**
 * Follows the packet boundaries of an MQTT byte stream (MQTT 3.1.1 clause 2.2: one type byte, then the remaining length in one to
 * four bytes of seven bits) and tells when a packet announces more than the limit. The parser in the broker would collect
 * up to 256 MB before it looks.
 */
export class PacketSizeGuard {
  readonly #limit: number;
  #bodyLeft = 0;
  /** Length bytes read of the current header; -1 while the type byte is still to come. */
  #lengthBytes = -1;
  #length = 0;

  /** @param limit largest allowed remaining length, bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Returns the announced length of the first packet in `chunk` that is too large, else undefined. */
  excess(chunk: Uint8Array): number | undefined {
    let at = 0;
    while (at < chunk.length) {
      if (this.#bodyLeft > 0) {
        const skipped = Math.min(this.#bodyLeft, chunk.length - at);
        this.#bodyLeft -= skipped;
        at += skipped;
      } else if (this.#lengthBytes < 0) {
        this.#lengthBytes = 0;
        this.#length = 0;
        at++;
      } else {
        const byte = chunk[at++] as number;
        this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes++;
        if (this.#length > this.#limit) return this.#length;
        // A fifth length byte is malformed; the parser says so, the guard only has to stay in step until then.
        if ((byte & 0x80) === 0 || this.#lengthBytes === 4) {
          this.#bodyLeft = this.#length;
          this.#lengthBytes = -1;
        }
      }
    }
    return undefined;
  }
}
