import { isFields } from "../api-server/api-object.ts";
import { invalid, statusOf } from "../api-server/failures.ts";
import type { Change, ClusterView, ReviewedObject } from "./cluster-view.ts";
import type { ReviewedKind, Reviewer } from "./reviewer.ts";

/** What an API server asks: `AdmissionReview` of admission.k8s.io/v1. */
export interface AdmissionRequest extends ReviewedKind {
  readonly uid: string;
  readonly name: string;
  readonly change: Change;
}

const operations = ["CREATE", "UPDATE", "DELETE"] as const;

/** Reads an AdmissionReview; a sentence when it is none. */
export function readAdmissionReview(body: unknown): AdmissionRequest | string {
  if (!isFields(body) || body.kind !== "AdmissionReview") return "expected an AdmissionReview";
  if (body.apiVersion !== "admission.k8s.io/v1")
    return `${String(body.apiVersion)} is not spoken here: admission.k8s.io/v1 is`;
  const { request } = body;
  if (!isFields(request) || typeof request.uid !== "string") return "expected a request with a uid";
  const operation = operations.find((known) => known === request.operation);
  const { kind } = request;
  if (operation === undefined || !isFields(kind)) return "expected a request with an operation and a kind";
  const { object, oldObject } = request;
  return {
    uid: request.uid,
    name: String(request.name ?? ""),
    group: String(kind.group ?? ""),
    kind: String(kind.kind ?? ""),
    change: {
      operation,
      ...(isFields(object) && { object: object as ReviewedObject }),
      ...(isFields(oldObject) && { before: oldObject as ReviewedObject }),
    },
  };
}

/** Kubernetes takes warnings of at most 256 characters well. */
const longestWarning = 256;

/** The answer to a request: the same review as in the bridge's own API, as an API server passes it on to its client. */
export function answerReview(
  { uid, name, group, kind, change }: AdmissionRequest,
  reviewer: Reviewer,
  view: ClusterView,
) {
  const { causes, warnings } = reviewer({ group, kind }, change, view);
  const refused = causes.length === 0 ? undefined : statusOf(invalid({ group, kind, name }, causes));
  const shown = warnings.map((text) => (text.length > longestWarning ? `${text.slice(0, longestWarning - 1)}…` : text));
  return reviewOf(uid, {
    allowed: refused === undefined,
    ...(refused && { status: refused }),
    ...(shown.length > 0 && { warnings: shown }),
  });
}

/** An answer that lets the change pass. */
export const letPass = (uid: string, ...warnings: readonly string[]) =>
  reviewOf(uid, { allowed: true, ...(warnings.length > 0 && { warnings }) });

const reviewOf = (uid: string, response: { readonly allowed: boolean } & Readonly<Record<string, unknown>>) => ({
  apiVersion: "admission.k8s.io/v1",
  kind: "AdmissionReview",
  response: { uid, ...response },
});
