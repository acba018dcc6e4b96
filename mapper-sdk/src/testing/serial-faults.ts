/** Changes bytes on their way, e.g. {@link serialFaults}; returns what arrives, which may be nothing. */
export type Disturbance = (bytes: Uint8Array, towards: "device" | "port") => Uint8Array;

/** Disturbances that lines know. */
export const serialFaults = {
  /** Nothing arrives, in either direction: a broken wire, a device without power. */
  dead: (): Disturbance => () => new Uint8Array(),
  /** Answers lose all but their first `length` bytes. */
  truncated:
    (length: number): Disturbance =>
    (bytes, towards) =>
      towards === "port" ? bytes.subarray(0, length) : bytes,
  /** One bit of each answer is wrong: bit 0 of byte `index`, counted from the end when negative. */
  corrupted:
    (index = 0): Disturbance =>
    (bytes, towards) =>
      towards === "port"
        ? bytes.map((byte, at) => (at === (index + bytes.length) % bytes.length ? byte ^ 1 : byte))
        : bytes,
} as const;
