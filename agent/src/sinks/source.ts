import type { PropertyType, Value } from "@edgetwin/mapper-sdk";
import type { SinkPoint } from "@edgetwin/mapper-sdk/sinks";

/** Where points come from: one property on its way to one target. It is stored once, its points refer to it. */
export interface Source {
  readonly id: number;
  /** Number of the queue. */
  readonly target: number;
  readonly facts: SourceFacts;
  /** `facts` as JSON; equal for the same property with the same settings. */
  readonly text: string;
  /** The checked settings. */
  readonly config: unknown;
}

/** What has to be known to send points of a source after a restart, without its manifest. */
export interface SourceFacts {
  readonly device: string;
  readonly property: string;
  readonly type: PropertyType;
  readonly unit?: string;
  readonly sink: string;
  readonly raw: Readonly<Record<string, unknown>>;
  readonly credentials?: string;
}

/** A reading on its way. */
export interface QueuedValue {
  /** Rises within its target, over restarts too. */
  readonly id: number;
  readonly source: Source;
  readonly value: Value;
  readonly at: number;
  readonly quality: SinkPoint["quality"];
}

/** The point that a sink gets. */
export function pointOf({ source: { facts, config }, value, at, quality }: QueuedValue): SinkPoint {
  const { device, property, type, unit } = facts;
  return { device, property, type, value, at, quality, ...(unit !== undefined && { unit }), config };
}
