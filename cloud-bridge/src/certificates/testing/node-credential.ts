import type { Authority } from "../authority.ts";
import { readRequest } from "../certificates.ts";
import { certificatePem, keyPem } from "../pem.ts";
import { certificateRequest } from "./certificate-request.ts";

/** What a TLS client needs to connect as a node, in PEM. */
export interface NodeCredential {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** A certificate for a node without the way over HTTPS. */
export async function nodeCredential(authority: Authority, node: string): Promise<NodeCredential> {
  const { der, key } = await certificateRequest({ commonName: `system:node:${node}` });
  const certificate = await authority.sign(await readRequest(der), node, [2]);
  return { cert: certificatePem(certificate), key: keyPem(key), ca: certificatePem(authority.certificate) };
}
