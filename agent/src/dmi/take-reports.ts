import { type Clock, didYouMean, MapperError, showValue } from "@edgetwin/mapper-sdk";
import { decodeReported } from "../twin/decode.ts";
import type { TwinEngine } from "../twin/engine.ts";
import type { HealthState } from "../twin/types.ts";
import type { MapperLinks } from "./mapper-links.ts";

/** One reported property as it came. */
export interface ReportedTwin {
  readonly name: string;
  /** Undefined when only the desired side was reported. */
  readonly value: string | undefined;
}

/** What reports lead to. */
export interface ReportParts {
  readonly links: MapperLinks;
  readonly engine: TwinEngine;
  readonly clock: Clock;
}

/** KubeEdge's words for the health of a device, and what each means here; its own framework also says `disconnected`. */
const healthStates: ReadonlyMap<string, HealthState> = new Map([
  ["ok", "ok"],
  ["online", "online"],
  ["offline", "offline"],
  ["disconnected", "offline"],
  ["unhealthy", "unhealthy"],
  ["unknown", "unknown"],
]);

/**
 * Takes what a mapper read of one device. A value that its property cannot have stands as bad, with the reason.
 * @throws MapperError naming the device or the properties that are unknown; the others are taken.
 */
export function takeReports({ links, engine, clock }: ReportParts, id: string, twins: readonly ReportedTwin[]): void {
  const { foreign, registration } = links.reporter(id);
  if (twins.length === 0) throw new MapperError("VALUE_INVALID", `the report about ${id} has no twins`);
  const properties = engine.device(id)?.shape.properties ?? new Map();
  const unknown: string[] = [];
  for (const { name, value } of twins) {
    const property = properties.get(name);
    if (!property) unknown.push(`${name}${didYouMean(name, [...properties.keys()])}`);
    if (!property || value === undefined) continue;
    try {
      const { value: decoded, distrust } = decodeReported(property, { text: value });
      if (distrust !== undefined) throw new MapperError("VALUE_INVALID", distrust);
      foreign.report(id, name, decoded);
    } catch (error) {
      if (!(error instanceof MapperError)) throw error;
      const reason = `its mapper ${registration.name} reported ${showValue(value)}: ${error.message}`;
      engine.tell(id, { kind: "quality", at: clock.now(), quality: "bad", reason, properties: [name] });
    }
  }
  if (unknown.length === 0) return;
  const names = unknown.slice(0, 8).join(", ");
  throw new MapperError("VALUE_INVALID", `${id} has no property ${names}`);
}

/** Takes what a mapper says about the health of a device. @throws MapperError naming the device or the word. */
export function takeState({ links, engine, clock }: ReportParts, id: string, word: string): void {
  const { registration } = links.reporter(id);
  const state = healthStates.get(word.toLowerCase());
  if (state === undefined) {
    const known = ["ok", "online", "offline", "unhealthy", "unknown"];
    const message = `${showValue(word)} is no state of a device; use ${known.join(", ")}`;
    throw new MapperError("VALUE_INVALID", message);
  }
  const isWell = state === "ok" || state === "online" || state === "unknown";
  const reason = `its mapper ${registration.name} says that it is ${state}`;
  const origin = { door: "mapper", actor: registration.name } as const;
  engine.tell(id, { kind: "health", at: clock.now(), origin, state, ...(!isWell && { reason }) });
}
