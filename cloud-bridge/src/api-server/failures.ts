import { BridgeError, type KubernetesFailure } from "../errors.ts";
import type { Fields } from "./api-object.ts";

/** One thing that is wrong, as `details.causes` of a Status object has it. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** What a failure is about. */
export interface Subject {
  readonly group: string;
  /** Plural for NotFound and the like, Kind for Invalid. */
  readonly kind: string;
  readonly name?: string;
}

const detailsOf = ({ name, group, kind }: Subject): Fields => ({
  ...(name !== undefined && name !== "" && { name }),
  ...(group !== "" && { group }),
  kind,
});

/** `devices.devices.kubeedge.io`, the way in which messages call a resource. */
export const qualified = ({ kind, group }: Subject): string => (group === "" ? kind : `${kind}.${group}`);

const fail = (message: string, failure: KubernetesFailure): BridgeError =>
  new BridgeError("KUBERNETES", message, failure);

export const badRequest = (message: string): BridgeError => fail(message, { status: 400, reason: "BadRequest" });

export const unauthorized = (): BridgeError => fail("Unauthorized", { status: 401, reason: "Unauthorized" });

/** `what` is the whole sentence after the subject. */
export const forbidden = (subject: Subject, what: string, causes?: readonly Cause[]): BridgeError =>
  fail(`${qualified(subject)}${subject.name ? ` "${subject.name}"` : ""} is forbidden: ${what}`, {
    status: 403,
    reason: "Forbidden",
    details: { ...detailsOf(subject), ...(causes && { causes }) },
  });

export const forbiddenPath = (user: string, verb: string, path: string): BridgeError =>
  fail(`forbidden: User "${user}" cannot ${verb} path "${path}"`, { status: 403, reason: "Forbidden", details: {} });

export const notFound = (subject: Subject): BridgeError =>
  fail(`${qualified(subject)} "${subject.name}" not found`, {
    status: 404,
    reason: "NotFound",
    details: detailsOf(subject),
  });

/** There is nothing at this path at all; answered as text, as Kubernetes does. */
export const noSuchPath = (): BridgeError => fail("404 page not found", { status: 404, reason: "NoSuchPath" });

export const methodNotAllowed = (subject: Subject): BridgeError =>
  fail("the server does not allow this method on the requested resource", {
    status: 405,
    reason: "MethodNotAllowed",
    details: detailsOf(subject),
  });

export const notAcceptable = (types: string): BridgeError =>
  fail(`only the following media types are accepted: ${types}`, { status: 406, reason: "NotAcceptable" });

export const alreadyExists = (subject: Subject, { deleting = false } = {}): BridgeError =>
  fail(`${deleting ? "object is being deleted: " : ""}${qualified(subject)} "${subject.name}" already exists`, {
    status: 409,
    reason: "AlreadyExists",
    details: detailsOf(subject),
  });

const changed = "the object has been modified; please apply your changes to the latest version and try again";

export const conflict = (subject: Subject, why = changed): BridgeError =>
  fail(`Operation cannot be fulfilled on ${qualified(subject)} "${subject.name}": ${why}`, {
    status: 409,
    reason: "Conflict",
    details: detailsOf(subject),
  });

/** Server-side apply met fields that others own. */
export const applyConflict = (message: string, causes: readonly Cause[]): BridgeError =>
  fail(message, { status: 409, reason: "Conflict", details: { causes } });

/** The version is no longer there; `token` goes on with a list that is not of one point in time. */
export const expired = (message: string, token?: string): BridgeError =>
  fail(message, { status: 410, reason: "Expired", ...(token !== undefined && { details: { continue: token } }) });

export const unsupportedMediaType = (types: string): BridgeError =>
  fail(`the body of the request was in an unknown format - accepted media types include: ${types}`, {
    status: 415,
    reason: "UnsupportedMediaType",
  });

/** Everything that is wrong with an object at once. `subject.kind` is the Kind. */
export function invalid(subject: Subject, causes: readonly Cause[]): BridgeError {
  const sentences = causes.map(({ field, message }) => `${field}: ${message}`);
  const what = sentences.length === 1 ? sentences[0] : `[${sentences.join(", ")}]`;
  return fail(`${qualified(subject)} "${subject.name ?? ""}" is invalid: ${what}`, {
    status: 422,
    reason: "Invalid",
    details: { ...detailsOf(subject), causes },
  });
}

/** A patch that cannot be carried out on this object. */
export const unprocessable = (message: string): BridgeError =>
  fail(message, { status: 422, reason: "Invalid", details: {} });

/** Kubernetes answers some bad requests like this, without a reason; clients see the message. */
export const internal = (message: string): BridgeError => fail(message, { status: 500 });

export const tooLarge = (limitBytes: number): BridgeError =>
  fail(`Request entity too large: limit is ${limitBytes}`, { status: 413, reason: "RequestEntityTooLarge" });

/** A version that is not there yet. */
export const fromTheFuture = (wanted: number, current: number): BridgeError =>
  fail(`Timeout: Too large resource version: ${wanted}, current: ${current}`, {
    status: 504,
    reason: "Timeout",
    details: {
      causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
      retryAfterSeconds: 1,
    },
  });

/** The Status object for a failure. Anything but a failure of ours becomes 500 without its inner workings. */
export function statusOf(error: unknown): Fields & { readonly code: number } {
  const known = error instanceof BridgeError && error.code === "KUBERNETES" ? error : undefined;
  const { continue: token, ...details } = known?.details ?? {};
  const code = known?.status ?? 500;
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: token === undefined ? {} : { continue: token },
    status: "Failure",
    message: known?.message ?? "Internal error occurred",
    ...(known ? known.reason !== undefined && { reason: known.reason } : { reason: "InternalError" }),
    ...(known?.details && token === undefined && { details }),
    code,
  };
}
