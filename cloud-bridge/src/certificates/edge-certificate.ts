import type { PeerCertificate } from "node:tls";
import { nodeSubject } from "@edgetwin/cloud-protocol";
import type { Authority } from "./authority.ts";
import { extendedUsages, readRequest } from "./certificates.ts";
import { isNodeName, nodeOfCommonName } from "./node-name.ts";

/** What came with a request for a certificate. */
export interface CertificateRequest {
  /** The headers `Authorization`, `NodeName` and `ExtKeyUsages`. */
  readonly authorization: string | undefined;
  readonly nodeName: string | undefined;
  readonly extKeyUsages: string | undefined;
  /** The certificate that the TLS client showed; a renewal needs no token. */
  readonly client?: { readonly certificate: PeerCertificate; readonly authorized: boolean };
  /** PKCS #10 in DER; undefined when it was longer than allowed. */
  readonly body: Uint8Array | undefined;
}

/** Status and body of an answer: a certificate in DER, or a text as CloudCore writes it. */
export type CertificateAnswer = { readonly status: number; readonly body: string | Uint8Array };

/**
 * Decides on a request for a node's certificate and signs it. As CloudCore does, but a request must be for the node that
 * it names, and no node gets a certificate with which it could pose as the bridge.
 */
export async function edgeCertificate(authority: Authority, input: CertificateRequest): Promise<CertificateAnswer> {
  const { nodeName = "" } = input;
  const only = input.client ? knownNode(authority, input) : tokenHolder(authority, input.authorization);
  if ("status" in only) return only;
  const failed = (why: string, status = 500): CertificateAnswer => ({
    status,
    body: `failed to sign certs for edgenode ${nodeName}, err: ${why}`,
  });
  if (!input.body) return failed("fail to signCerts, err: failed to read the CSR: http: request body too large");
  const usages = readUsages(input.extKeyUsages);
  if (!usages) return failed("ExtKeyUsages must be a JSON list of 1 (server) and 2 (client)");
  const request = await readRequest(input.body).catch((error: unknown) => error as Error);
  if (request instanceof Error) return failed(`fail to signCerts, err: failed to parse csr, err: ${request.message}`);
  const node = nodeOfCommonName(request.commonName);
  const expected = nodeSubject(nodeName === "" ? "{NodeName}" : nodeName).commonName;
  if (node === undefined || (nodeName !== "" && node !== nodeName))
    return failed(`the common name of the CSR is ${JSON.stringify(request.commonName)}, expected ${expected}`, 401);
  if (only.node !== undefined && only.node !== node)
    return failed(`the token is for node ${only.node}, the CSR for ${node}`, 401);
  const stolen = usages.includes(1) && request.names.find(({ value }) => posesAs(value, authority.serverNames));
  if (stolen) return failed(`${stolen.value} in the CSR is a name of the bridge`, 401);
  return { status: 200, body: await authority.sign(request, node, usages) };
}

/** Whom the caller may be: one node, or any when `node` is missing; or the answer that turns it away. */
type Allowed = { readonly node?: string } | (CertificateAnswer & { readonly node?: never });

function knownNode(authority: Authority, { client, nodeName = "" }: CertificateRequest): Allowed {
  const refused = (why: string): Allowed => ({
    status: 401,
    body: `failed to verify the certificate for edgenode: ${nodeName}, err: ${why}`,
  });
  if (!client?.authorized) return refused("x509: certificate signed by unknown authority, or expired");
  const { subject, valid_from: from } = client.certificate;
  // A list when the subject has the field several times; no certificate of ours does.
  const isNode = subject.O === nodeSubject("").organization && typeof subject.CN === "string";
  const node = isNode ? nodeOfCommonName(String(subject.CN)) : undefined;
  if (node === undefined) return refused("the certificate is not that of a node");
  if (node !== nodeName) return refused("request node name is not match with the certificate");
  if (authority.revocations.isRevoked(node, Date.parse(from))) return refused("the certificate was revoked");
  return { node };
}

function tokenHolder(authority: Authority, authorization: string | undefined): Allowed {
  const refused = (why: string): Allowed => ({ status: 401, body: `token validation failure, ${why}` });
  if (!authorization) return refused("token is empty");
  const [scheme, token, ...rest] = authorization.split(" ");
  if (scheme !== "Bearer" || !token || rest.length > 0) return refused("token cannot be split");
  const verdict = authority.verifyToken(token);
  if ("problem" in verdict) return refused(`err: ${verdict.problem}`);
  const { sub } = verdict.claims;
  if (sub !== undefined && !isNodeName(sub)) return refused("err: token has invalid claims: sub is no node name");
  return { ...(sub !== undefined && { node: sub }) };
}

function readUsages(header: string | undefined): readonly number[] | undefined {
  if (header === undefined || header === "") return [2];
  try {
    const usages: unknown = JSON.parse(header);
    const known = Array.isArray(usages) && usages.length > 0 && usages.every((usage) => extendedUsages.has(usage));
    return known ? [...new Set(usages as number[])] : undefined;
  } catch {
    return undefined;
  }
}

const posesAs = (name: string, serverNames: readonly string[]): boolean =>
  name.includes("*") || serverNames.some((server) => server.toLowerCase() === name.toLowerCase());
