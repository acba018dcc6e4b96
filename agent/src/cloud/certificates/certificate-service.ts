import { createPrivateKey, X509Certificate } from "node:crypto";
import { type IncomingMessage, request } from "node:http";
import { isAuthority, type JoinToken, nodeSubject } from "@edgetwin/cloud-protocol";
import type { Clock } from "@edgetwin/mapper-sdk";
import { AgentError } from "../../errors.ts";
import { type Endpoint, formatEndpoint } from "../endpoint.ts";
import type { KeyPair } from "../identity.ts";
import { certificateProblem } from "./certificate-problem.ts";
import { requestCertificate } from "./certificate-request.ts";
import { secureConnection, unreachable } from "./secure-connection.ts";

/** Certificates and errors are far smaller; whoever sends more is not the certificate service. */
const longestAnswer = 64 * 1024;

/** Where to ask, and what time it is. */
export interface Asking {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  /** Wall-clock milliseconds to judge certificates by. */
  readonly now: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Why a node is let in: the token of its first time, or the certificate it has. */
export type Credential = { readonly token: JoinToken } | { readonly pair: KeyPair };

/**
 * The certificate of the cloud's authority, proven by the hash in the token: nothing else is known of the cloud yet.
 *
 * @throws AgentError `CLOUD_UNREACHABLE`, `CLOUD_REFUSED` when it is not the one the token names.
 */
export async function fetchAuthority(token: JoinToken, asking: Asking): Promise<X509Certificate> {
  const { status, body } = await ask(asking, { path: "/ca.crt", headers: {} });
  const where = formatEndpoint(asking.endpoint);
  if (status !== 200) throw refused(`${where} gives no certificate of its authority: ${words(status, body)}`);
  if (!isAuthority(body, token)) {
    throw refused(
      `${where} is not the cloud that the token is for: its authority has another certificate; check the address, or get a new token from this cloud`,
    );
  }
  return certificateFrom(body, where);
}

/**
 * A certificate for `node` with a new key.
 *
 * @throws AgentError `CLOUD_UNREACHABLE`; `CLOUD_REFUSED` with the cloud's reason and what to do about it.
 */
export async function fetchCertificate(
  node: string,
  {
    authority,
    credential,
    ...asking
  }: Asking & { readonly authority: X509Certificate; readonly credential: Credential },
): Promise<KeyPair> {
  const where = formatEndpoint(asking.endpoint);
  const made = requestCertificate(node);
  const proof = "token" in credential ? { Authorization: `Bearer ${credential.token.webToken}` } : {};
  const headers = { ...proof, NodeName: node, "Content-Length": String(made.request.length) };
  const pair = "pair" in credential ? { pair: credential.pair } : {};
  const { status, body } = await ask(
    { ...asking, authority, ...pair },
    { path: "/edge.crt", headers, body: made.request },
  );
  if (status !== 200) throw refused(`${where} does not certify node ${node}: ${words(status, body)}`);
  const certificate = certificateFrom(body, where);
  const { commonName } = nodeSubject(node);
  const isOurs = certificate.checkPrivateKey(createPrivateKey(made.key));
  const problem =
    certificateProblem(certificate, { authority, now: asking.now }) ??
    (isOurs ? undefined : "its certificate is for another key") ??
    (certificate.subject.split("\n").includes(`CN=${commonName}`)
      ? undefined
      : `its certificate is not for ${commonName}`);
  if (problem !== undefined) throw refused(`what ${where} sent cannot be used: ${problem}`);
  return { certificate: certificate.toString(), key: made.key };
}

interface Question {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** A GET on a connection of its own. KubeEdge wants a body in it, which `fetch` refuses to send. */
async function ask(
  { timeoutMs = 15_000, ...options }: Asking & { readonly authority?: X509Certificate; readonly pair?: KeyPair },
  { path, headers, body }: Question,
): Promise<{ readonly status: number; readonly body: Buffer }> {
  const { endpoint, clock } = options;
  const socket = await secureConnection({ ...options, timeoutMs });
  const timer = clock.after(timeoutMs, () => socket.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
  try {
    return await new Promise((resolve, reject) => {
      const asked = request({
        path,
        headers: { Host: formatEndpoint(endpoint), ...headers },
        createConnection: () => socket,
      });
      asked.once("error", reject);
      asked.once("response", (response) => {
        readAll(response).then((read) => resolve({ status: response.statusCode ?? 0, body: read }), reject);
      });
      asked.end(body);
    });
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw unreachable(endpoint, cause);
  } finally {
    timer[Symbol.dispose]();
    socket.destroy();
  }
}

async function readAll(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestAnswer) throw new Error("its answer is too long for a certificate");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function certificateFrom(bytes: Buffer, where: string): X509Certificate {
  try {
    return new X509Certificate(bytes);
  } catch (cause) {
    throw new AgentError(
      "CLOUD_REFUSED",
      `what ${where} sent is no certificate; is that port its certificate service?`,
      {
        cause,
      },
    );
  }
}

/** The cloud's refusal (wire 2.4) as something that can be done. What it quotes of itself cannot hold the token. */
function words(status: number, body: Buffer): string {
  const said = body
    .toString("utf8")
    .replace(/[^\x20-\x7e]+/g, " ")
    .trim()
    .slice(0, 200);
  const quoted = said === "" ? `status ${status}` : `"${said}" (status ${status})`;
  if (status === 401 && /expired/i.test(said)) return "the token has expired; get a new one from the cloud";
  if (status === 401 && /verify the certificate/.test(said))
    return `it does not take this node's certificate; join again with a new token: ${quoted}`;
  if (status === 401) return `it does not take the token; get a new one from the cloud: ${quoted}`;
  if (status === 404) return `there is no certificate service at that port: ${quoted}`;
  return quoted;
}

const refused = (message: string): AgentError => new AgentError("CLOUD_REFUSED", message);
