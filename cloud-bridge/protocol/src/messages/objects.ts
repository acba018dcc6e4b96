import { excerpt, isObject } from "../envelope.ts";
import { ProtocolError } from "../errors.ts";
import { defineMessage } from "../message.ts";
import { formatObjectPath, type ObjectPath, parseObjectPath } from "../resource-path.ts";
import { anything } from "../shape.ts";

/** A Kubernetes object, kept whole. */
export type KubernetesObject = Readonly<Record<string, unknown>> & {
  readonly metadata?: { readonly name?: string; readonly namespace?: string; readonly uid?: string };
};

/** The cloud says what an object is now, or that it is gone. */
export interface ObjectChange {
  /** `insert` and `update` mean the same: an update may be the first that the edge hears of an object. */
  readonly operation: "insert" | "update" | "delete";
  readonly path: ObjectPath;
  /** Of a deletion by CloudCore's resync only `metadata.{name,namespace,uid}`. Without `kind` and `apiVersion` in some cases. */
  readonly object: KubernetesObject;
  readonly resourceVersion?: string;
  /** `devicecontroller` for a change as it happens, `edgecontroller` for a resync. Must make no difference to the edge. */
  readonly origin: string;
}

const changes: readonly string[] = ["insert", "update", "delete"];

/** A change of an object; to be acknowledged after it was stored. */
export const objectChange = defineMessage<ObjectChange, unknown>({
  name: "object change",
  sender: "cloud",
  about: "An object as it is now, or its deletion; acknowledged after it was stored.",
  matches: ({ header, route }) =>
    route.group === "resource" &&
    header.parentId === undefined &&
    changes.includes(route.operation) &&
    parseObjectPath(route.resource) !== undefined,
  content: (value, place) => {
    if (isObject(value)) return value;
    throw new ProtocolError("CONTENT_INVALID", `${place}: expected a Kubernetes object, got ${excerpt(value)}`);
  },
  value: (content, { header, route }) => ({
    operation: route.operation as ObjectChange["operation"],
    path: parseObjectPath(route.resource) as ObjectPath,
    object: content as KubernetesObject,
    origin: route.source,
    ...(header.resourceVersion !== undefined && { resourceVersion: header.resourceVersion }),
  }),
  envelope: ({ operation, path, object, origin, resourceVersion }) => ({
    route: { source: origin, group: "resource", operation, resource: formatObjectPath(path) },
    content: object,
    ...(resourceVersion !== undefined && { resourceVersion }),
  }),
});

/** The edge asks for an object, or wants to create or change one: its Node, its Lease, a ConfigMap. */
export interface ObjectRequest {
  readonly operation: "query" | "insert" | "update" | "patch" | "delete";
  /** `nodepatch` and `podpatch` as type mean the status subresource; the content of a patch is a text. */
  readonly path: ObjectPath;
  readonly content: unknown;
}

const requests: readonly string[] = ["query", "insert", "update", "patch", "delete"];

/** A request about an object, answered by {@link answer}; also a query is a subscription of ConfigMaps and Secrets. */
export const objectRequest = defineMessage<ObjectRequest, unknown>({
  name: "object request",
  sender: "edge",
  about: "Asks for an object or writes one; answered.",
  matches: ({ header, route }) =>
    route.group === "meta" &&
    header.parentId === undefined &&
    requests.includes(route.operation) &&
    parseObjectPath(route.resource) !== undefined,
  content: anything,
  value: (content, { route }) => ({
    operation: route.operation as ObjectRequest["operation"],
    path: parseObjectPath(route.resource) as ObjectPath,
    content,
  }),
  envelope: ({ operation, path, content }) => ({
    route: { source: "edged", group: "meta", operation, resource: formatObjectPath(path) },
    content,
  }),
});

/** What the cloud answers to an {@link objectRequest}. */
export interface Answer {
  readonly parentId: string;
  /** Of the request, or of the object that was changed. */
  readonly resource: string;
  readonly resourceVersion?: string;
  readonly result: AnswerResult;
  /** Written without `Object` and `Err` around it: what CloudCore answers to queries, except those of leases. */
  readonly bare?: boolean;
}

export type AnswerResult =
  /** The object asked for, or the one written; undefined when the answer has none (`"OK"`). */
  | { readonly ok: true; readonly object?: KubernetesObject; readonly text?: string }
  | { readonly ok: false; readonly reason: string; readonly code?: number; readonly message: string };

/** An answer in one of the three forms of CloudCore: the object, `{"Object":…,"Err":…}`, `{"ErrStatus":…}`, or a text. */
export const answer = defineMessage<Answer, unknown>({
  name: "answer",
  sender: "cloud",
  about: "Answers a request about an object; acknowledged as well.",
  matches: ({ header, route }) =>
    route.group === "resource" && route.operation === "response" && header.parentId !== undefined,
  content: anything,
  value: (content, { header, route }) => ({
    parentId: header.parentId ?? "",
    resource: route.resource,
    result: resultOf(content),
    ...(header.resourceVersion !== undefined && { resourceVersion: header.resourceVersion }),
  }),
  envelope: ({ parentId, resource, result, resourceVersion, bare = false }) => ({
    route: { source: "edgecontroller", group: "resource", operation: "response", resource },
    parentId,
    content: bare ? bareContentOf(result) : contentOf(result),
    ...(resourceVersion !== undefined && { resourceVersion }),
  }),
});

function resultOf(content: unknown): AnswerResult {
  if (!isObject(content)) return { ok: true, ...(typeof content === "string" && { text: content }) };
  if (isObject(content.ErrStatus)) return failureOf(content);
  if (!("Object" in content && "Err" in content)) return { ok: true, object: content };
  if (content.Err !== null && content.Err !== undefined) return failureOf(content.Err);
  return { ok: true, ...(isObject(content.Object) && { object: content.Object }) };
}

/** An error of the API server, or `{}`: CloudCore loses the text of every other one. */
function failureOf(error: unknown): AnswerResult {
  const status = isObject(error) && isObject(error.ErrStatus) ? error.ErrStatus : {};
  const { reason, code, message } = status;
  return {
    ok: false,
    reason: typeof reason === "string" ? reason : "Unknown",
    message: typeof message === "string" ? message : "the cloud gave no reason",
    ...(typeof code === "number" && { code }),
  };
}

function contentOf(result: AnswerResult): unknown {
  if (result.ok) return result.object ? { Object: result.object, Err: null } : (result.text ?? "OK");
  return { Object: null, Err: errorOf(result) };
}

const bareContentOf = (result: AnswerResult): unknown =>
  result.ok ? (result.object ?? result.text ?? "OK") : errorOf(result);

const errorOf = ({ reason, code, message }: Extract<AnswerResult, { ok: false }>) => ({
  ErrStatus: { metadata: {}, status: "Failure", message, reason, ...(code !== undefined && { code }) },
});
