import { badRequest, type Cause, expired, fromTheFuture, internal, invalid } from "../failures.ts";
import type { Storage } from "../storage/storage.ts";

/** Where a list begins, of which point in time, and how long it may be. */
export interface ListOptions {
  /** Infinity when all is wanted. */
  readonly limit: number;
  readonly at: number;
  readonly after?: { readonly namespace: string; readonly name: string };
}

interface Token {
  readonly v: string;
  /** -1: whatever there is by now. */
  readonly rv: number;
  readonly start: string;
}

/** The token with which a list goes on after an object. */
export const continueAfter = (at: number, { namespace, name }: { namespace: string; name: string }): string =>
  Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: at, start: `${namespace}/${name}\u0000` })).toString(
    "base64url",
  );

/** @throws BridgeError `KUBERNETES` 500 in the words of kube-apiserver when it is no version. */
export function readVersion(text: string | null, { prefix = "" } = {}): number | undefined {
  if (text === null || text === "") return undefined;
  if (!/^\d+$/.test(text))
    throw internal(`${prefix}strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** @throws BridgeError `KUBERNETES` 422 about options of a list or watch. */
export const invalidOptions = (causes: readonly Cause[]): Error =>
  invalid({ group: "meta.k8s.io", kind: "ListOptions", name: "" }, causes);

/**
 * Reads `limit`, `continue`, `resourceVersion` and `resourceVersionMatch`.
 *
 * @throws BridgeError `KUBERNETES`: 400 for options that cannot be read, 410 for a point in time that is over, 504 for one
 * that is not yet.
 */
export function readListOptions(query: URLSearchParams, storage: Storage): ListOptions {
  const wanted = Number(query.get("limit") ?? 0);
  if (!Number.isInteger(wanted) || wanted < 0)
    throw badRequest(`limit is ${query.get("limit")}; it has to be a whole number`);
  const limit = wanted === 0 ? Number.POSITIVE_INFINITY : wanted;
  const version = query.get("resourceVersion");
  const match = query.get("resourceVersionMatch") ?? "";
  const token = query.get("continue");
  if (token) {
    if (version !== null && version !== "" && version !== "0")
      throw badRequest("specifying resource version is not allowed when using continue");
    return { limit, ...readToken(token, storage) };
  }
  checkMatch(match, version);
  const asked = readVersion(version);
  if (asked !== undefined && asked > storage.version) throw fromTheFuture(asked, storage.version);
  if (match !== "Exact" || asked === undefined) return { limit, at: storage.version };
  if (asked < storage.oldest) throw expired("The resourceVersion for the provided list is too old.");
  return { limit, at: asked };
}

function checkMatch(match: string, version: string | null): void {
  const forbid = (why: string) =>
    invalidOptions([{ reason: "FieldValueForbidden", message: `Forbidden: ${why}`, field: "resourceVersionMatch" }]);
  if (match === "") return;
  if (match !== "Exact" && match !== "NotOlderThan") {
    const message = `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`;
    throw invalidOptions([{ reason: "FieldValueNotSupported", message, field: "resourceVersionMatch" }]);
  }
  if (version === null || version === "")
    throw forbid("resourceVersionMatch is forbidden unless resourceVersion is provided");
  if (match === "Exact" && version === "0") {
    throw forbid('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
}

function readToken(text: string, storage: Storage): Omit<ListOptions, "limit"> {
  const token = parseToken(text);
  const [namespace = "", name = ""] = (token.start.split("\0")[0] ?? "").split("/");
  const after = { namespace, name };
  if (token.rv === -1) return { at: storage.version, after };
  if (token.rv >= storage.oldest) return { at: Math.min(token.rv, storage.version), after };
  throw expired(
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.",
    continueAfter(-1, after),
  );
}

function parseToken(text: string): Token {
  try {
    const token = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as Token;
    if (token.v === "meta.k8s.io/v1" && Number.isInteger(token.rv) && typeof token.start === "string") return token;
  } catch {
    // Said below, like every other token that is not ours.
  }
  throw badRequest("invalid continue token: continue key is not valid: it was not made by this server");
}
