import { nodeSubject } from "@edgetwin/cloud-protocol";
import { isNodeName } from "../certificates/node-name.ts";

/** What a connection shows before it becomes a session. */
export interface Arrival {
  /** Headers of the upgrade, names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly certificate: ArrivingCertificate;
}

/** The certificate of the TLS client, which TLS has checked against the authority. Times in milliseconds since 1970. */
export interface ArrivingCertificate {
  readonly commonName: string;
  readonly organization: string;
  readonly from: number;
  readonly until: number;
  readonly fingerprint: string;
}

/** What an arrival is measured by. */
export interface AdmissionRules {
  readonly now: number;
  isRevoked(node: string, from: number): boolean;
  /** Whether the certificate must be that of the node; off, any certificate of the authority may be any node. */
  readonly nodeAuthorization: boolean;
  readonly isFull: boolean;
}

/** The node of a connection, or the HTTP status and reason with which it is turned away. */
export type Admission = { readonly node: string } | { readonly status: number; readonly reason: string };

/** Decides who may connect. CloudCore leaves those it refuses connected and reads on; here they get a reason. */
export function admit({ headers, certificate }: Arrival, rules: AdmissionRules): Admission {
  const refuse = (status: number, reason: string) => ({ status, reason });
  const { origin, host, node_id: node, connectionuse: use } = headers;
  if (origin !== undefined && !isSameHost(String(origin), String(host)))
    return refuse(403, `Origin ${origin} is not this host; an edge sends no Origin`);
  if (use !== "msg") return refuse(400, `header ConnectionUse must be msg, not ${JSON.stringify(use)}`);
  if (typeof node !== "string" || !isNodeName(node))
    return refuse(400, `header node_id must be the name of a node, not ${JSON.stringify(node)}`);
  if (certificate.until <= rules.now || certificate.from > rules.now)
    return refuse(401, "the certificate is not valid now; renew it, or join again with a token");
  const { commonName, organization } = nodeSubject(node);
  const { commonName: shown } = certificate;
  if (rules.nodeAuthorization && (shown !== commonName || certificate.organization !== organization))
    return refuse(403, `the certificate of ${shown} may not connect as node ${node}`);
  if (rules.isRevoked(node, certificate.from))
    return refuse(401, `the certificate of node ${node} was revoked; join again with a token`);
  if (rules.isFull) return refuse(503, "as many edges as allowed are connected");
  return { node };
}

function isSameHost(origin: string, host: string): boolean {
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}
