/** How a device can refuse. */
export type Refusal =
  | { readonly kind: "error"; readonly errorClass: number; readonly code: number }
  | { readonly kind: "reject" | "abort"; readonly reason: number };

/** What is wrong with a device; empty for a sound one. */
export interface DeviceFaults {
  /** It hears nothing and says nothing. */
  isSilent?: boolean;
  /** True for an APDU that gets lost. */
  lose?: (apdu: Uint8Array) => boolean;
  /** What becomes of an APDU, e.g. another invoke id. */
  garble?: (apdu: Uint8Array) => Uint8Array;
  /** Everything it says comes this much later. */
  latencyMs?: number;
  /** How often everything it says arrives; default 1. */
  copies?: number;
  /** Refuses confirmed requests of a service. */
  refuse?: (service: number) => Refusal | undefined;
  /** Whether a Who-Is is answered to who asked, or to everybody (ASHRAE 135 16.10). */
  answersWhoIsTo?: "asker" | "all";
}

/** An APDU with another invoke id, which is in its second or third octet. */
export function withInvokeId(apdu: Uint8Array, change: (id: number) => number): Uint8Array {
  const copy = Uint8Array.from(apdu);
  const at = (copy[0] as number) >> 4 === 0 ? 2 : 1;
  copy[at] = change(copy[at] as number) & 0xff;
  return copy;
}
