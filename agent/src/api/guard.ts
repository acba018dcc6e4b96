import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import { AgentError } from "../errors.ts";
import { ReplyError } from "./problem.ts";

/** Decides whether a request on the TCP listener may go on. The Unix socket is protected by its file mode instead. */
export interface Guard {
  /** @throws AgentError `FORBIDDEN` for another host name or another web site. */
  checkSite(headers: IncomingHttpHeaders): void;
  /** @throws AgentError `UNAUTHORIZED` without the token. */
  checkToken(headers: IncomingHttpHeaders): void;
}

/** @param hosts host names, without port, that requests may use besides `localhost` and plain addresses. */
export function createGuard(token: string, hosts: readonly string[]): Guard {
  const expected = digest(token);
  const known = new Set(["localhost", ...hosts.map((host) => host.toLowerCase())]);
  return {
    checkSite({ host = "", origin, "sec-fetch-site": site }) {
      // DNS rebinding: a web page's own name can be made to point at this machine, but the browser still sends that
      // name. An address cannot be rebound.
      const name = hostName(host);
      if (!known.has(name) && isIP(name.replace(/^\[|\]$/g, "")) === 0) {
        const fix = "use localhost or the address of the agent, or add the name to api.hosts";
        throw new AgentError("FORBIDDEN", `requests for the host "${name}" are not answered; ${fix}`);
      }
      const foreign = origin !== undefined && originHost(origin) !== host.toLowerCase();
      if (!foreign && site !== "cross-site") return;
      throw new AgentError("FORBIDDEN", `a page of ${origin ?? "another web site"} may not use this agent`);
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

/** Host and port of an `Origin` (RFC 6454); `null` of a sandboxed page has neither. */
const originHost = (origin: string): string => (URL.canParse(origin) ? new URL(origin).host : origin);
