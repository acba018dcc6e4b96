import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import type { Clock } from "@edgetwin/mapper-sdk";
import { Sessions } from "../console/sessions.ts";
import { AgentError } from "../errors.ts";
import { TokenBucket } from "../token-bucket.ts";
import { ReplyError } from "./problem.ts";

/** Who may do what on a TCP listener. */
export interface GuardOptions {
  readonly token: string;
  /** Host names, without port, that requests may use besides `localhost` and plain addresses. */
  readonly hosts: readonly string[];
  /** Who may read: anyone who reaches the listener, or only who has the token. */
  readonly read: "anyone" | "token";
  readonly clock: Clock;
}

/** Decides whether a request on the TCP listener may go on. The Unix socket is protected by its file mode instead. */
export interface Guard {
  readonly read: GuardOptions["read"];
  /** @throws AgentError `FORBIDDEN` for another host name or another web site. */
  checkSite(headers: IncomingHttpHeaders): void;
  /**
   * @param reads whether the request only reads.
   * @throws AgentError `UNAUTHORIZED` without the token or a session.
   */
  checkAccess(headers: IncomingHttpHeaders, reads: boolean): void;
  /** Whether a browser is logged in. */
  isLoggedIn(headers: Pick<IncomingHttpHeaders, "cookie">): boolean;
  /**
   * The `Set-Cookie` of a new session.
   * @throws AgentError `UNAUTHORIZED` for another token, `LIMIT` after too many tries.
   */
  logIn(token: string): string;
  /** The `Set-Cookie` that ends a session. */
  logOut(): string;
}

/** Wrong tokens may be tried this often in one go, and so often from then on. */
const tries = { burst: 5, perSecond: 0.1 };

export function createGuard({ token, hosts, read, clock }: GuardOptions): Guard {
  const expected = digest(token);
  const known = new Set(["localhost", ...hosts.map((host) => host.toLowerCase())]);
  const sessions = new Sessions(token, clock);
  const bucket = new TokenBucket({ ...tries, clock });
  // Equal lengths by hashing first, so that the time tells nothing about the token.
  const isToken = (given: string) => timingSafeEqual(digest(given), expected);
  return {
    read,
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
    checkAccess({ authorization, cookie, origin }, reads) {
      if (authorization === undefined && reads && read === "anyone") return;
      const given = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
      if (given !== undefined && isToken(given)) return;
      // Browsers name the origin of everything that changes something; who does not is no page of ours.
      if (authorization === undefined && sessions.isOpen(cookie) && (reads || origin !== undefined)) return;
      const what = authorization === undefined ? "no token was given" : "the token is wrong";
      const message = `${what}; send "Authorization: Bearer TOKEN" with the token of the agent, or use its Unix socket`;
      throw new ReplyError("UNAUTHORIZED", message, { "WWW-Authenticate": 'Bearer realm="edgetwin"' });
    },
    isLoggedIn: ({ cookie }) => sessions.isOpen(cookie),
    logIn(given) {
      if (isToken(given)) return sessions.open();
      if (!bucket.take()) throw new AgentError("LIMIT", "too many wrong tokens; wait a minute and try again");
      throw new AgentError("UNAUTHORIZED", "that is not the token of this agent; it stands in api.tokenFile");
    },
    logOut: () => sessions.close(),
  };
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** The name in a `Host` header (RFC 9112 3.2), without its port. */
const hostName = (host: string): string => host.toLowerCase().replace(/:\d+$/, "");

/** Host and port of an `Origin` (RFC 6454); `null` of a sandboxed page has neither. */
const originHost = (origin: string): string => (URL.canParse(origin) ? new URL(origin).host : origin);
