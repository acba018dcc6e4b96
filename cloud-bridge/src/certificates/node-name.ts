import { nodeSubject } from "@edgetwin/cloud-protocol";

const pattern = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/** Whether a text can be the name of a node: what Kubernetes takes, so nothing that bends a path, a header or a log. */
export const isNodeName = (text: string): boolean => pattern.test(text);

const prefix = nodeSubject("").commonName;

/** The node whose certificate has this common name, or undefined. */
export function nodeOfCommonName(commonName: string | undefined): string | undefined {
  if (!commonName?.startsWith(prefix)) return undefined;
  const node = commonName.slice(prefix.length);
  return isNodeName(node) ? node : undefined;
}
