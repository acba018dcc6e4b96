import type { Value } from "@edgetwin/mapper-sdk";
import { encodeValue } from "@edgetwin/models";
import type { Cause, Health, Origin, PropertyTwin } from "../twin/types.ts";
import type { Cell } from "./columns.ts";
import { op } from "./messages.ts";
import type { StoredResource, StoreWrite } from "./store.ts";

/**
 * Appends writes to a batch as flat cells, in the order of `columns.ts`. Flat, because a message of primitives is
 * cloned several times faster than one of nested objects.
 */
export function encodeWrites(writes: readonly StoreWrite[], cells: Cell[]): void {
  for (const write of writes) {
    if ("drop" in write) {
      if (write.drop === "twin") cells.push(op.dropTwin, write.device, write.property);
      else cells.push(op.dropResource, write.uid);
    } else if (write.put === "twin") {
      cells.push(op.putTwin, write.device, write.twin.name);
      encodeTwin(write.twin, cells);
    } else if (write.put === "cause") {
      cells.push(op.putCause, write.device, write.cause.property);
      encodeCause(write.cause, cells);
    } else if (write.put === "health") {
      cells.push(op.putHealth);
      encodeHealth(write.device, write.health, cells);
    } else {
      cells.push(op.putResource);
      encodeResource(write.resource, cells);
    }
  }
}

function encodeTwin({ type, optional, desired, progress, reported, ...twin }: PropertyTwin, cells: Cell[]): void {
  cells.push(type, optional ? 1 : 0);
  if (desired) {
    cells.push(encodeValue(desired.value), desired.version, desired.at, encodeOrigin(desired.origin));
  } else cells.push(null, null, null, null);
  if (progress) {
    cells.push(progress.phase, progress.version, progress.at, progress.attempts, progress.reason ?? null);
  } else cells.push(null, null, null, null, null);
  if (reported) {
    const { value, at, source, quality, reason, version } = reported;
    cells.push(encodeValue(value), at, source, quality, reason ?? null, version);
  } else cells.push(null, null, null, null, null, null);
  cells.push(twin.lastVersion, twin.appliedVersion, twin.causes);
}

function encodeCause({ seq, at, origin, what, version, value, reason }: Cause, cells: Cell[]): void {
  cells.push(seq, at, encodeOrigin(origin), what, version ?? null, encodeOptional(value), reason ?? null);
}

function encodeHealth(device: string, { state, at, reason, lastOnlineAt }: Health, cells: Cell[]): void {
  cells.push(device, state, at, reason ?? null, lastOnlineAt ?? null);
}

function encodeResource(resource: StoredResource, cells: Cell[]): void {
  const { uid, kind, namespace, name, generation, manifest, createdAt } = resource;
  cells.push(uid, kind, namespace, name, generation, manifest, createdAt);
}

function encodeOrigin({ door, actor, request }: Origin): string {
  return JSON.stringify(request === undefined ? [door, actor] : [door, actor, request]);
}

function encodeOptional(value: Value | undefined): string | null {
  return value === undefined ? null : encodeValue(value);
}
