import { type JoinToken, ProtocolError, parseToken } from "@edgetwin/cloud-protocol";
import type { Clock } from "@edgetwin/mapper-sdk";
import { AgentError } from "../errors.ts";
import { fetchAuthority, fetchCertificate } from "./certificates/certificate-service.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Identity } from "./identity.ts";

/** What somebody who joins a node to a cloud has to say. */
export interface JoinRequest {
  readonly node: string;
  readonly server: Endpoint;
  readonly certificates: Endpoint;
  /** As the cloud printed it. Never logged, never stored. */
  readonly token: string;
}

/**
 * Gets a certificate for this node: authority by the hash in the token, then a certificate for a new key that never
 * leaves this machine. Stores nothing.
 *
 * @throws AgentError `REQUEST_INVALID` for a name or token that cannot be, `CLOUD_UNREACHABLE`, `CLOUD_REFUSED`.
 */
export async function join(
  { node, server, certificates, token }: JoinRequest,
  { clock, signal }: { readonly clock: Clock; readonly signal?: AbortSignal },
): Promise<Identity> {
  checkNodeName(node);
  const read = readToken(token);
  const now = clock.now();
  const asking = { endpoint: certificates, clock, now, ...(signal && { signal }) };
  const authority = await fetchAuthority(read, asking);
  const pair = await fetchCertificate(node, { ...asking, authority, credential: { token: read } });
  return { node, server, certificates, authority: authority.toString(), ...pair, knownAt: now };
}

/** Kubernetes takes nothing else as the name of a Node (RFC 1123), and CloudCore says so only in its log. */
function checkNodeName(node: string): void {
  const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  if (node.length <= 253 && new RegExp(`^${label}(\\.${label})*$`).test(node)) return;
  const fitting = node
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "");
  const hint = fitting === "" ? "" : `; try --node ${fitting}`;
  const rule = "lower-case letters, digits, - and . between them, at most 253";
  throw new AgentError("REQUEST_INVALID", `"${node}" cannot be the name of a node in Kubernetes: ${rule}${hint}`);
}

function readToken(token: string): JoinToken {
  try {
    return parseToken(token);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new AgentError("REQUEST_INVALID", cause.message, { cause });
  }
}
