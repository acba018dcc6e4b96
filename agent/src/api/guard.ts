import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { AgentError } from "../errors.ts";
import { ReplyError } from "./problem.ts";

/** Decides whether a request on the TCP listener may go on. The Unix socket is protected by its file mode instead. */
export interface Guard {
  /** @throws AgentError `FORBIDDEN` for another host name or another web site. */
  checkSite(headers: IncomingHttpHeaders): void;
  /** @throws AgentError `UNAUTHORIZED` without the token. */
  checkToken(headers: IncomingHttpHeaders): void;
}

/** @param hosts host names, without port, that requests may use besides the loopback ones. */
export function createGuard(token: string, hosts: readonly string[]): Guard {
  const expected = digest(token);
  const known = new Set(["localhost", "127.0.0.1", "[::1]", ...hosts.map((host) => host.toLowerCase())]);
  return {
    checkSite(headers) {
      // DNS rebinding: a web page's own name can be made to point at 127.0.0.1, but the browser still sends that name.
      const host = hostName(headers.host ?? "");
      if (!known.has(host)) {
        const fix = `use localhost or 127.0.0.1, or add "${host}" to api.hosts`;
        throw new AgentError("FORBIDDEN", `requests for the host "${host}" are not answered; ${fix}`);
      }
      const foreign = headers.origin !== undefined && !known.has(originHost(headers.origin));
      if (foreign || headers["sec-fetch-site"] === "cross-site") {
        const site = headers.origin ?? "another web site";
        throw new AgentError("FORBIDDEN", `a page of ${site} may not use this agent`);
      }
    },
    checkToken({ authorization }) {
      const given = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
      // Equal lengths by hashing first, so that the time tells nothing about the token.
      if (given !== undefined && timingSafeEqual(digest(given), expected)) return;
      const what = authorization === undefined ? "no token was given" : "the token is wrong";
      const message = `${what}; send "Authorization: Bearer TOKEN" with the token of the agent, or use its Unix socket`;
      throw new ReplyError("UNAUTHORIZED", message, { "WWW-Authenticate": 'Bearer realm="edgetwin"' });
    },
  };
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** The name in a `Host` header (RFC 9112 3.2), without its port. */
const hostName = (host: string): string => host.toLowerCase().replace(/:\d+$/, "");

function originHost(origin: string): string {
  try {
    return new URL(origin).hostname.toLowerCase();
  } catch {
    return origin; // "null" of a sandboxed page, or nonsense: no host we know
  }
}
