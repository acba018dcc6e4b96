/** Bytes for traces and messages: `f4 27`; what is longer than 16 bytes is shortened and its length told. */
export function hexBytes(bytes: Uint8Array): string {
  const shown = [...bytes.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return bytes.length > 16 ? `${shown} … (${bytes.length} bytes)` : shown;
}
