import { BridgeError } from "../errors.ts";
import type { StoredObject, WatchEvent } from "./client.ts";
import { type FailedRequest, isStatus, statusFailure } from "./failure.ts";

const changes: readonly unknown[] = ["ADDED", "MODIFIED", "DELETED"];

/** The event of a line of a watch. An `ERROR`, which a server sends with HTTP status 200, is thrown. */
export function watchEvent(line: unknown, request: FailedRequest): WatchEvent {
  const { type, object } = (line ?? {}) as { readonly type?: unknown; readonly object?: unknown };
  if (type === "ERROR" && isStatus(object)) throw statusFailure(object, request);
  const metadata = (object as Partial<StoredObject> | undefined)?.metadata;
  if (type === "BOOKMARK" && metadata) return { type, resourceVersion: metadata.resourceVersion };
  if (changes.includes(type) && metadata) return { type, object } as WatchEvent;
  const { method, path } = request;
  throw new BridgeError("KUBERNETES", `${method} ${path}: no event of a watch: ${JSON.stringify(line).slice(0, 100)}`);
}
