/** All UUIDs of the Bluetooth SIG are this one with their 16 or 32 bits in front (Core 5.4, volume 3, part B 2.5.1). */
const baseUuid = "00001000800000805f9b34fb";

/**
 * A UUID in the one form that is compared here: four lower-case digits for those of the Bluetooth SIG, 32 without dashes
 * for all others. Undefined for what is no UUID.
 */
export function uuidOf(text: string): string | undefined {
  const digits = text.trim().toLowerCase().replace(/^0x/, "").replaceAll("-", "");
  if (!/^[0-9a-f]+$/.test(digits)) return undefined;
  if (digits.length <= 4) return digits.padStart(4, "0");
  if (digits.length === 8) return digits.startsWith("0000") ? digits.slice(4) : digits + baseUuid;
  if (digits.length !== 32) return undefined;
  return digits.startsWith("0000") && digits.endsWith(baseUuid) ? digits.slice(4, 8) : digits;
}

/** The UUID whose bytes come least significant first, as they are sent; 2, 4 or 16 of them. */
export function uuidFrom(bytes: Uint8Array): string {
  const digits = Buffer.from(bytes).reverse().toString("hex");
  return uuidOf(digits) ?? digits;
}

/** The bytes of a UUID as they are sent: two for those of the Bluetooth SIG, sixteen for all others. */
export const uuidBytes = (uuid: string): Buffer => Buffer.from(uuid, "hex").reverse();
