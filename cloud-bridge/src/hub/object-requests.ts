import type { Answer, AnswerResult, ObjectPath, ObjectRequest } from "@edgetwin/cloud-protocol";

const ofNode: readonly string[] = ["node", "nodestatus", "nodepatch"];
const ofEverybody: readonly string[] = ["configmap", "secret"];

/** Whether a node may ask about an object at all: its own Node and Lease, and what the controllers decide about. */
export function mayAsk(node: string, { path }: ObjectRequest): boolean {
  if (path.type === "lease") return path.namespace === "kube-node-lease" && path.name === node;
  return ofNode.includes(path.type) ? path.name === node : ofEverybody.includes(path.type);
}

/** The refusal of everything else. CloudCore does not answer, which holds up its caller for a minute. */
export function forbidden(node: string, { operation, path }: ObjectRequest): AnswerResult {
  const message = `${path.type} "${path.name}" is forbidden: node ${node} may not ${operation} it`;
  return { ok: false, reason: "Forbidden", code: 403, message };
}

/** The answer to a request, in the form in which CloudCore gives it. */
export function answerTo(parentId: string, { operation, path }: ObjectRequest, result: AnswerResult): Answer {
  const version = result.ok ? resourceVersionOf(result.object) : undefined;
  return {
    parentId,
    resource: resourceOf(path),
    result,
    bare: operation === "query" && path.type !== "lease",
    ...(version !== undefined && { resourceVersion: version }),
  };
}

/** Answers to old-style status messages name the node. */
const resourceOf = ({ namespace = "null", type, name }: ObjectPath): string =>
  `${namespace}/${type === "nodestatus" ? "node" : type}/${name}`;

export function resourceVersionOf(object: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const version = (object?.metadata as Readonly<Record<string, unknown>> | undefined)?.resourceVersion;
  return typeof version === "string" ? version : undefined;
}
