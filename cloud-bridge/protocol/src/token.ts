import { createHash, timingSafeEqual } from "node:crypto";
import { ProtocolError } from "./errors.ts";

/** `{hash of the authority's certificate}.{JSON Web Token}`: whom to trust, and why to be let in. */
export interface JoinToken {
  /** SHA-256 of the certificate in DER, in hex. */
  readonly authorityHash: string;
  readonly webToken: string;
}

/**
 * Takes a join token apart.
 *
 * @throws ProtocolError `TOKEN_INVALID`; the message never contains the token.
 */
export function parseToken(token: string): JoinToken {
  const parts = token.trim().split(".");
  const [authorityHash = "", ...webToken] = parts;
  if (parts.length !== 4 || parts.some((part) => part === "")) {
    const found = `this one has ${parts.length} parts`;
    throw new ProtocolError("TOKEN_INVALID", `a join token has four parts with dots between them; ${found}`);
  }
  if (!/^[0-9a-f]{64}$/i.test(authorityHash)) {
    const hint = "copy the whole token, from the first character on";
    throw new ProtocolError("TOKEN_INVALID", `a join token begins with 64 hexadecimal digits; ${hint}`);
  }
  return { authorityHash: authorityHash.toLowerCase(), webToken: webToken.join(".") };
}

/** A join token as text. */
export const formatToken = ({ authorityHash, webToken }: JoinToken): string => `${authorityHash}.${webToken}`;

/** SHA-256 of an authority's certificate in DER, in hex, as tokens begin with it. */
export const authorityHashOf = (certificate: Uint8Array): string =>
  createHash("sha256").update(certificate).digest("hex");

/** Whether a certificate in DER is that of the authority a token names; takes the same time whatever differs. */
export function isAuthority(certificate: Uint8Array, { authorityHash }: JoinToken): boolean {
  const expected = Buffer.from(authorityHash, "hex");
  const actual = Buffer.from(authorityHashOf(certificate), "hex");
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
