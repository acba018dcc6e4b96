import { forbidden, forbiddenPath } from "../failures.ts";
import { adminGroup, nodeOf, type User } from "./user.ts";

/** What a request wants to do. */
export type Attributes =
  | {
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly subresource?: string;
      readonly namespace: string;
      readonly name: string;
    }
  | { readonly verb: string; readonly path: string };

/** What everybody may see who is somebody: what there is, not what is in it. */
const openToAll = ["/healthz", "/livez", "/readyz", "/version", "/version/"];
const openToUsers = [/^\/apis?(\/[^/]+){0,2}\/?$/, /^\/openapi(\/|$)/, /^\/$/];

/** Reviews say what the asker may do; everybody may ask for themselves. */
const selfReviews = ["selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"];

/** Namespace of the Leases by which nodes say that they live. */
const nodeLeases = "kube-node-lease";

/** Whether a user may do this. */
export function mayDo(user: User, attributes: Attributes): boolean {
  if (user.groups.includes(adminGroup)) return true;
  const isKnown = user.groups.includes("system:authenticated");
  if ("path" in attributes) {
    const { path, verb } = attributes;
    if (verb !== "get" && verb !== "head") return false;
    return openToAll.includes(path) || (isKnown && openToUsers.some((pattern) => pattern.test(path)));
  }
  if (isKnown && attributes.verb === "create" && selfReviews.includes(attributes.resource)) return true;
  const node = nodeOf(user);
  return node !== undefined && mayNode(node, attributes);
}

/** A node has its own Node object and Lease, and nobody else's; everything else comes to it through the hub. */
function mayNode(
  node: string,
  { verb, resource, name, namespace, group }: Exclude<Attributes, { path: string }>,
): boolean {
  const isOwn = name === node || (verb === "create" && name === "");
  const verbs = ["get", "create", "update", "patch"];
  if (group === "" && resource === "nodes") return isOwn && verbs.includes(verb);
  if (group === "coordination.k8s.io" && resource === "leases") {
    return namespace === nodeLeases && isOwn && [...verbs, "delete"].includes(verb);
  }
  return false;
}

/** @throws BridgeError `KUBERNETES` 403 in the words of kube-apiserver. */
export function authorize(user: User, attributes: Attributes): void {
  if (mayDo(user, attributes)) return;
  if ("path" in attributes) throw forbiddenPath(user.name, attributes.verb, attributes.path);
  const { verb, group, resource, subresource, namespace, name } = attributes;
  const place = namespace === "" ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  const subject = { group, kind: resource, ...(name !== "" && { name }) };
  throw forbidden(subject, `User "${user.name}" cannot ${verb} resource "${what}" in API group "${group}" ${place}`);
}
