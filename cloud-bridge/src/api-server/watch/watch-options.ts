import type { Cause } from "../failures.ts";
import { invalidOptions, readVersion } from "../read/list-options.ts";

/** How a watch goes. */
export interface WatchOptions {
  /** Undefined: everything there is first, as if it had just come. */
  readonly since: number | undefined;
  readonly bookmarks: boolean;
  /** Tells by a bookmark when everything there was has been sent. */
  readonly marksInitial: boolean;
  readonly timeoutMs: number;
}

/** A watch that names no end lasts so long; clients come again by themselves. */
const defaultTimeoutMs = 45 * 60_000;

/** @throws BridgeError `KUBERNETES` 422 for options that do not go together, 500 for a version that is none. */
export function readWatchOptions(query: URLSearchParams): WatchOptions {
  const isSet = (name: string) => query.get(name) === "true" || query.get(name) === "1";
  const match = query.get("resourceVersionMatch") ?? "";
  const initial = query.get("sendInitialEvents");
  const forbidden = (field: string, why: string): Cause => ({
    reason: "FieldValueForbidden",
    message: `Forbidden: ${why}`,
    field,
  });
  if (initial === null && match !== "") {
    throw invalidOptions([
      forbidden(
        "resourceVersionMatch",
        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
      ),
    ]);
  }
  if (initial !== null && match !== "NotOlderThan") {
    throw invalidOptions([
      forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"),
    ]);
  }
  const version = readVersion(query.get("resourceVersion"), {
    prefix: `resourceVersion: Invalid value: ${JSON.stringify(query.get("resourceVersion"))}: `,
  });
  const seconds = Number(query.get("timeoutSeconds") ?? 0);
  const wantsInitial = initial === "true" || initial === "1";
  return {
    since: wantsInitial || version === 0 ? undefined : version,
    bookmarks: isSet("allowWatchBookmarks"),
    marksInitial: wantsInitial && isSet("allowWatchBookmarks"),
    timeoutMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : defaultTimeoutMs,
  };
}
