/** Standard or URL-safe alphabet, padding optional; `Buffer.from` alone would skip over anything else. */
const pattern = /^(?:[A-Za-z0-9+/_-]{4})*(?:[A-Za-z0-9+/_-]{2}(?:==)?|[A-Za-z0-9+/_-]{3}=?)?$/;

/**
 * Bytes from base64 (RFC 4648 §4 and §5); undefined when `text` is anything else. Padding may be missing and the
 * URL-safe alphabet is welcome, because KubeEdge's edgecore refuses `=` and `+` in twin values.
 */
export function fromBase64(text: string): Uint8Array | undefined {
  if (!pattern.test(text)) return undefined;
  // A copy, so that a few bytes do not keep Buffer's shared 8 kB pool alive and compare equal to plain arrays.
  return Uint8Array.from(Buffer.from(text, "base64"));
}

/** Base64 with the standard alphabet and padding (RFC 4648 §4). */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
