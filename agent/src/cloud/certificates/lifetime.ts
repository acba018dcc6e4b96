import { X509Certificate } from "node:crypto";
import type { Identity, KeyPair } from "../identity.ts";

/** From when to when a pair of ours is good, in milliseconds since 1970. */
export interface Lifetime {
  readonly from: number;
  readonly to: number;
}

export function lifetimeOf({ certificate }: KeyPair): Lifetime {
  const { validFrom, validTo } = new X509Certificate(certificate);
  return { from: Date.parse(validFrom), to: Date.parse(validTo) };
}

/** When to renew: between 0.7 and 0.9 of the lifetime, elsewhere for each node, as EdgeCore does (wire 2.8). */
export const renewalAt = ({ from, to }: Lifetime, random: number): number => from + (to - from) * (0.7 + 0.2 * random);

/**
 * The time to judge certificates by. A Pi has no clock that runs without power and says 1970, or the time of its last
 * shutdown, until it reached a time server; but it cannot be earlier than when our certificate was made, nor than what
 * was known for sure before.
 */
export const trustedNow = (now: number, identity: Identity): number =>
  Math.max(now, identity.knownAt, lifetimeOf(identity).from);
