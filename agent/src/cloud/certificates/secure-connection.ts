import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import type { Clock } from "@edgetwin/mapper-sdk";
import { AgentError } from "../../errors.ts";
import { type Endpoint, formatEndpoint } from "../endpoint.ts";
import type { KeyPair } from "../identity.ts";
import { certificateProblem } from "./certificate-problem.ts";

/** How to reach a door of the cloud. */
export interface SecureConnectionOptions {
  readonly endpoint: Endpoint;
  /** Who must have certified the other side; left out only to ask for the authority itself, which the token then proves. */
  readonly authority?: X509Certificate;
  /** Shown to the other side. */
  readonly pair?: KeyPair;
  /** Wall-clock milliseconds to judge certificates by. */
  readonly now: number;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** TLS 1.2 or newer to `endpoint`. Nothing was sent on it yet, and the other side is the one it should be. */
export async function secureConnection(options: SecureConnectionOptions): Promise<TLSSocket> {
  const { endpoint, authority, pair, now, clock, timeoutMs, signal } = options;
  const { host, port } = endpoint;
  signal?.throwIfAborted();
  const socket = connect({
    ...{ host, port, minVersion: "TLSv1.2", rejectUnauthorized: false },
    ...(isIP(host) === 0 && { servername: host }),
    ...(pair && { cert: pair.certificate, key: pair.key }),
  });
  try {
    await secured(socket, { clock, timeoutMs, ...(signal && { signal }) });
  } catch (cause) {
    socket.destroy();
    signal?.throwIfAborted();
    throw unreachable(endpoint, cause);
  }
  const shown = socket.getPeerX509Certificate();
  const problem = authority && (shown ? certificateProblem(shown, { authority, now, host }) : "it has no certificate");
  if (problem === undefined) return socket;
  socket.destroy();
  throw new AgentError("CLOUD_REFUSED", `${formatEndpoint(endpoint)} is not trusted: ${problem}`);
}

interface Wait {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

function secured(socket: TLSSocket, { clock, timeoutMs, signal }: Wait): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (error?: unknown) => {
      timer[Symbol.dispose]();
      signal?.removeEventListener("abort", onAbort);
      socket.off("secureConnect", end).off("close", onClose);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onAbort = () => end(signal?.reason);
    const onClose = () => end(new Error("it closed the connection"));
    const timer = clock.after(timeoutMs, () => end(new Error(`no answer within ${timeoutMs / 1000} s`)));
    signal?.addEventListener("abort", onAbort, { once: true });
    // The listener for errors stays: whoever owns the socket next may not have one yet when it breaks.
    socket.once("secureConnect", () => end()).once("close", onClose);
    socket.on("error", (error) => end(error));
  });
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there; check the port, and that the cloud runs",
  ENOTFOUND: "there is no such host; check the name and this machine's DNS",
  EAI_AGAIN: "its name could not be looked up; check this machine's DNS",
  EHOSTUNREACH: "there is no route to it; check the address and the network",
  ENETUNREACH: "this machine has no network at the moment",
  ETIMEDOUT: "it does not answer; check the address and firewalls between",
};

/** An AgentError `CLOUD_UNREACHABLE` that says why `endpoint` could not be talked to. */
export function unreachable(endpoint: Endpoint, cause: unknown): AgentError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const reason = reasons[code] ?? (cause instanceof Error ? cause.message || code : String(cause));
  return new AgentError("CLOUD_UNREACHABLE", `${formatEndpoint(endpoint)} cannot be reached: ${reason}`, { cause });
}
