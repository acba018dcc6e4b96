import { X509Certificate } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { bridgeHeader, sessionHeaders, sessionPath } from "@edgetwin/cloud-protocol";
import type { Clock } from "@edgetwin/mapper-sdk";
import { WebSocket } from "ws";
import { AgentError } from "../../errors.ts";
import { secureConnection, unreachable } from "../certificates/secure-connection.ts";
import { formatEndpoint } from "../endpoint.ts";
import type { Identity, KeyPair } from "../identity.ts";

/** How to open a session. */
export interface OpenOptions {
  readonly identity: Identity;
  readonly pair: KeyPair;
  /** Wall-clock milliseconds to judge the cloud's certificate by. */
  readonly now: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const timeoutMs = 15_000;
/** A ConfigMap may have 1 MiB, as JSON in JSON a few times that. Whoever sends more is not the cloud. */
const longestMessage = 16 * 2 ** 20;

/**
 * A WebSocket to CloudHub, after its certificate was checked. It is paused: nothing is lost before somebody listens.
 *
 * @throws AgentError `CLOUD_UNREACHABLE`, `CLOUD_REFUSED`; the signal's reason.
 */
export async function openSocket(options: OpenOptions): Promise<{ socket: WebSocket; isBridge: boolean }> {
  const { identity, pair, now, clock, signal } = options;
  const { server, node } = identity;
  const authority = new X509Certificate(identity.authority);
  const tls = await secureConnection({ endpoint: server, authority, pair, now, clock, timeoutMs, signal });
  let isBridge = false;
  const socket = new WebSocket(`wss://${formatEndpoint(server)}${sessionPath(node)}`, {
    headers: sessionHeaders(node),
    createConnection: () => tls,
    perMessageDeflate: false,
    maxPayload: longestMessage,
  });
  const timer = clock.after(timeoutMs, () => socket.terminate());
  const onAbort = () => socket.terminate();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("upgrade", (response) => {
        isBridge = response.headers[bridgeHeader] !== undefined;
      });
      socket.once("open", () => {
        socket.pause();
        resolve();
      });
      socket.once("unexpected-response", (_, response) => {
        const told = (reason: string) =>
          reject(new AgentError("CLOUD_REFUSED", `${formatEndpoint(server)} does not let this node in: ${reason}`));
        refusalOf(response).then(told, reject);
      });
      socket.on("error", reject);
      socket.once("close", () => reject(new Error("it closed the connection")));
    });
    return { socket, isBridge };
  } catch (cause) {
    tls.destroy();
    signal.throwIfAborted();
    throw cause instanceof AgentError ? cause : unreachable(server, cause);
  } finally {
    timer[Symbol.dispose]();
    signal.removeEventListener("abort", onAbort);
  }
}

/** What the other side says instead of opening a WebSocket. CloudHub says nothing; Edgetwin's bridge gives its reason. */
async function refusalOf(response: IncomingMessage): Promise<string> {
  let said = "";
  try {
    for await (const chunk of response) {
      said += String(chunk);
      if (said.length > 500) break;
    }
  } catch {
    // It broke off: the status has to do.
  }
  const text = said
    .replace(/[^\x20-\x7e]+/g, " ")
    .trim()
    .slice(0, 200);
  return `${text === "" ? "no reason given" : text} (status ${response.statusCode})`;
}
