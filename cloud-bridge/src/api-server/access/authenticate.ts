import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import { unauthorized } from "../failures.ts";
import { anonymous, type User } from "./user.ts";

/** A bearer token and whose it is. */
export interface TokenUser {
  readonly token: string;
  readonly user: User;
}

/** Tells who sends a request. */
export type Authenticate = (request: IncomingMessage) => User;

const digest = (text: string) => createHash("sha256").update(text).digest();

/**
 * Knows users by bearer token or by a client certificate (common name and organisations) that the server's authority
 * signed. Who shows nothing is anonymous.
 *
 * @throws BridgeError `KUBERNETES` 401 for a token that is not known, whatever else the request has.
 */
export function createAuthenticate(tokens: readonly TokenUser[]): Authenticate {
  const known = tokens.map(({ token, user }) => ({ digest: digest(token), user }));
  return ({ headers, socket }) => {
    const { authorization } = headers;
    if (authorization !== undefined) {
      const [, token] = /^Bearer (.+)$/i.exec(authorization) ?? [];
      // Every token is compared, each in the same time.
      const given = digest(token ?? "");
      const found = known.filter((entry) => timingSafeEqual(entry.digest, given))[0];
      if (token === undefined || !found) throw unauthorized();
      return found.user;
    }
    return (socket instanceof TLSSocket ? certifiedUser(socket) : undefined) ?? anonymous;
  };
}

function certifiedUser(socket: TLSSocket): User | undefined {
  if (!socket.authorized) return undefined;
  const { subject } = socket.getPeerCertificate();
  if (!subject?.CN) return undefined;
  const groups: string[] = [subject.O ?? []].flat() as string[];
  return { name: `${subject.CN}`, groups: [...groups, "system:authenticated"] };
}
