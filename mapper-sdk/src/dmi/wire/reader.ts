import { MapperError } from "../../errors.ts";
import { type WireType, wireTypes } from "./writer.ts";

/** Messages within messages, and groups within groups, beyond which bytes are hostile; protobuf's own libraries say 100. */
const deepest = 100;

/** Steps through the bytes of a protobuf message. Whatever they are, it ends: each step takes a byte or throws. */
export class Reader {
  readonly #bytes: Buffer;
  readonly #end: number;
  readonly #depth: number;
  #position: number;

  /** @param depth how many messages this one lies in. */
  constructor(bytes: Uint8Array, depth = 0) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = 0;
    this.#end = bytes.length;
    this.#depth = depth;
  }

  get done(): boolean {
    return this.#position >= this.#end;
  }

  /** The number and layout of the next field. */
  tag(): { readonly number: number; readonly wireType: WireType } {
    const tag = Number(BigInt.asUintN(32, this.varint64()));
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (number === 0 || wireType > wireTypes.fixed32) throw malformed(`tag ${tag} is none`);
    return { number, wireType: wireType as WireType };
  }

  /** 64 bits, not negative. What is longer than ten bytes is refused; bits beyond the 64th are dropped, as elsewhere. */
  varint64(): bigint {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw malformed("a number has more than ten bytes");
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.#take(8));
  }

  float(): number {
    return this.#bytes.readFloatLE(this.#take(4));
  }

  /** A copy, so that a small field does not hold the whole message in memory. */
  bytes(): Uint8Array {
    const length = this.#lengthAhead();
    const start = this.#take(length);
    return new Uint8Array(this.#bytes.subarray(start, start + length));
  }

  text(): string {
    const length = this.#lengthAhead();
    const start = this.#take(length);
    const bytes = this.#bytes.subarray(start, start + length);
    try {
      return utf8.decode(bytes);
    } catch (cause) {
      throw malformed("a text is not UTF-8", { cause });
    }
  }

  /** Reads the message that follows, which knows where it ends. */
  nested<T>(read: (reader: Reader) => T): T {
    const length = this.#lengthAhead();
    const start = this.#take(length);
    if (this.#depth >= deepest) throw malformed(`it is nested more than ${deepest} levels deep`);
    return read(new Reader(this.#bytes.subarray(start, start + length), this.#depth + 1));
  }

  /** Passes over a field that nobody here knows. */
  skip(number: number, wireType: WireType): void {
    const open: number[] = [];
    let field = { number, wireType };
    for (;;) {
      if (field.wireType === wireTypes.startGroup) open.push(field.number);
      else if (field.wireType === wireTypes.endGroup) {
        if (open.pop() !== field.number) throw malformed(`group ${field.number} ends where it did not begin`);
      } else this.#skipOne(field.wireType);
      if (open.length === 0) return;
      if (open.length > deepest) throw malformed(`it is nested more than ${deepest} levels deep`);
      field = this.tag();
    }
  }

  #skipOne(wireType: WireType): void {
    if (wireType === wireTypes.varint) this.varint64();
    else if (wireType === wireTypes.fixed64) this.#take(8);
    else if (wireType === wireTypes.fixed32) this.#take(4);
    else this.#take(this.#lengthAhead());
  }

  #lengthAhead(): number {
    const length = Number(this.varint64());
    if (length > this.#end - this.#position) throw malformed("it ends in the middle of a field");
    return length;
  }

  #byte(): number {
    return this.#bytes[this.#take(1)] ?? 0;
  }

  #take(length: number): number {
    const start = this.#position;
    if (length > this.#end - start) throw malformed("it ends in the middle of a field");
    this.#position = start + length;
    return start;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function malformed(what: string, options?: ErrorOptions): MapperError {
  return new MapperError("DEVICE_IO", `the bytes are no message: ${what}`, options);
}
