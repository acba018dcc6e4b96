import { decodeValue } from "@edgetwin/models";
import type { Cause, Desired, Health, Origin, Progress, PropertyTwin, Reported } from "../twin/types.ts";
import { type Cell, columns } from "./columns.ts";
import type { Part } from "./messages.ts";
import type { StoredResource, StoredState } from "./store.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** Collects the parts in which the worker sends its rows. A row that cannot be understood becomes a notice. */
export class StateReader {
  readonly state: Writable<StoredState> = { resources: [], twins: [], health: [], notices: [] };

  constructor(notices: readonly string[]) {
    this.state.notices.push(...notices);
  }

  add({ table, cells }: Part): void {
    const width = columns[table].length + (table === "twin" ? 2 : 0);
    for (let at = 0; at < cells.length; at += width) this.#row(table, cells.slice(at, at + width));
  }

  #row(table: Part["table"], row: readonly Cell[]): void {
    try {
      if (table === "resource") this.state.resources.push(resourceOf(row));
      else if (table === "twin") this.state.twins.push({ device: String(row[0]), twin: twinOf(row) });
      else this.state.health.push({ device: String(row[0]), health: healthOf(row) });
    } catch (error) {
      const name = table === "twin" ? `${row[0]} ${row[1]}` : String(row[0]);
      this.state.notices.push(`the stored ${table} ${name} was left out: ${(error as Error).message}`);
    }
  }
}

/** Causes from one run of cells. @throws MapperError `VALUE_INVALID` or SyntaxError when a row is damaged. */
export function causesOf(property: string, cells: readonly Cell[]): Cause[] {
  const causes: Cause[] = [];
  for (let at = 0; at < cells.length; at += columns.cause.length) {
    const [seq, when, origin, what, version, value, reason] = cells.slice(at, at + columns.cause.length);
    causes.push({
      property,
      seq: Number(seq),
      at: Number(when),
      origin: originOf(origin),
      what: what as Cause["what"],
      ...(version != null && { version: Number(version) }),
      ...(value != null && { value: decodeValue(String(value)) }),
      ...reasonOf(reason),
    });
  }
  return causes;
}

function twinOf(row: readonly Cell[]): PropertyTwin {
  const desired = desiredOf(row.slice(4, 8));
  const progress = progressOf(row.slice(8, 13));
  const reported = reportedOf(row.slice(13, 19));
  return {
    name: String(row[1]),
    type: row[2] as PropertyTwin["type"],
    optional: row[3] === 1,
    ...(desired && { desired }),
    ...(progress && { progress }),
    ...(reported && { reported }),
    lastVersion: Number(row[19]),
    appliedVersion: Number(row[20]),
    causes: Number(row[21]),
  };
}

function desiredOf([value, version, at, origin]: readonly Cell[]): Desired | undefined {
  if (value == null) return undefined;
  return { value: decodeValue(String(value)), version: Number(version), at: Number(at), origin: originOf(origin) };
}

function progressOf([phase, version, at, attempts, reason]: readonly Cell[]): Progress | undefined {
  if (phase == null) return undefined;
  const numbers = { version: Number(version), at: Number(at), attempts: Number(attempts) };
  return { phase: phase as Progress["phase"], ...numbers, ...reasonOf(reason) };
}

function reportedOf([value, at, source, quality, reason, version]: readonly Cell[]): Reported | undefined {
  if (value == null) return undefined;
  return {
    value: decodeValue(String(value)),
    at: Number(at),
    source: String(source),
    quality: quality as Reported["quality"],
    ...reasonOf(reason),
    version: Number(version),
  };
}

function resourceOf([uid, kind, namespace, name, generation, manifest, createdAt]: readonly Cell[]): StoredResource {
  return {
    kind: kind as StoredResource["kind"],
    namespace: String(namespace),
    name: String(name),
    uid: String(uid),
    generation: Number(generation),
    manifest: String(manifest),
    createdAt: Number(createdAt),
  };
}

function healthOf([, state, at, reason, lastOnlineAt]: readonly Cell[]): Health {
  const online = lastOnlineAt == null ? {} : { lastOnlineAt: Number(lastOnlineAt) };
  return { state: state as Health["state"], at: Number(at), ...reasonOf(reason), ...online };
}

function originOf(text: Cell | undefined): Origin {
  const [door, actor, request] = JSON.parse(String(text)) as [Origin["door"], string, string?];
  return request === undefined ? { door, actor } : { door, actor, request };
}

function reasonOf(reason: Cell | undefined): { readonly reason?: string } {
  return reason == null ? {} : { reason: String(reason) };
}
