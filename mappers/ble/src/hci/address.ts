/** An address in the one form that is compared here, `"a4:c1:38:0a:0b:0c"`; undefined for what is none. */
export function addressOf(text: string): string | undefined {
  const digits = text
    .trim()
    .toLowerCase()
    .replace(/[:\-.\s]/g, "");
  if (!/^[0-9a-f]{12}$/.test(digits)) return undefined;
  return (digits.match(/../g) as string[]).join(":");
}

/** The address whose six bytes come least significant first, as HCI sends them. */
export const addressFrom = (bytes: Uint8Array): string =>
  [...bytes.subarray(0, 6)]
    .reverse()
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join(":");

/** The six bytes of an address, least significant first. */
export const addressBytes = (address: string): Buffer => Buffer.from(address.replaceAll(":", ""), "hex").reverse();
