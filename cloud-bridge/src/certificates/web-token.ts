import { createHmac, timingSafeEqual } from "node:crypto";

/** What a join token promises: let in until `exp`, and only as this node when it names one. */
export interface TokenClaims {
  /** Seconds since 1970. */
  readonly exp: number;
  /** Only this node may join with it; CloudCore's tokens let any node in. */
  readonly sub?: string;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const header = encode({ alg: "HS256", typ: "JWT" });

const signatureOf = (signed: string, key: Uint8Array): Buffer => createHmac("sha256", key).update(signed).digest();

/** A JSON Web Token, signed with HMAC-SHA256. */
export function signToken(claims: TokenClaims, key: Uint8Array): string {
  const signed = `${header}.${encode(claims)}`;
  return `${signed}.${signatureOf(signed, key).toString("base64url")}`;
}

/** The claims of a token, or why it is none: in the words of CloudCore, which operators search for. */
export type TokenVerdict = { readonly claims: TokenClaims } | { readonly problem: string };

/** Checks form, algorithm, signature and time of a token, in this order. `now` in milliseconds since 1970. */
export function verifyToken(token: string, key: Uint8Array, now: number): TokenVerdict {
  const parts = token.split(".");
  const [head = "", body = "", signature = ""] = parts;
  if (parts.length !== 3) return { problem: "token is malformed: token contains an invalid number of segments" };
  // Any other algorithm, `none` above all, would let the sender choose how to be checked.
  if (objectIn(head)?.alg !== "HS256") return { problem: "token is unverifiable: its algorithm is not HS256" };
  const expected = signatureOf(`${head}.${body}`, key);
  const actual = Buffer.from(signature, "base64url");
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected))
    return { problem: "token signature is invalid: signature is invalid" };
  const { exp, sub } = objectIn(body) ?? {};
  if (typeof exp !== "number") return { problem: "token has invalid claims: exp is missing" };
  if (exp * 1000 <= now) return { problem: "token has invalid claims: token is expired" };
  return { claims: { exp, ...(typeof sub === "string" && { sub }) } };
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
