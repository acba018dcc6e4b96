import type { Value } from "@edgetwin/mapper-sdk";
import { brokenInterlock, concerns, showInterlock, type ValueLookup } from "../twin/interlock.ts";
import type { DeviceShape } from "../twin/types.ts";

/** A write that waits. */
export interface Write {
  readonly name: string;
  readonly value: Value;
  readonly version: number;
}

/** What to do next with the writes that wait: the first one that is safe now, and why the others are held back. */
export interface Order {
  readonly next: Write | undefined;
  readonly held: readonly { readonly write: Write; readonly reason: string }[];
}

/**
 * Puts writes in an order in which no instant breaks an interlock: what leaves a forbidden combination goes before
 * what enters it (dark before lit). `actualOf` is what the device shows as far as known.
 */
export function orderWrites(shape: DeviceShape, writes: readonly Write[], actualOf: ValueLookup): Order {
  const held: { write: Write; reason: string }[] = [];
  const safe: Write[] = [];
  for (const write of writes) {
    const broken = brokenInterlock(shape, (name) => (name === write.name ? write.value : actualOf(name)));
    if (broken && concerns(shape, broken, write.name, write.value)) {
      held.push({ write, reason: `held back: ${showInterlock(broken)}, and the device still shows the other` });
    } else safe.push(write);
  }
  // Leaving a forbidden value first makes room for what is held.
  const leaving = safe.find((write) => leaves(shape, write, actualOf));
  return { next: leaving ?? safe[0], held };
}

function leaves(shape: DeviceShape, { name, value }: Write, actualOf: ValueLookup): boolean {
  const actual = actualOf(name);
  return (shape.safety?.interlocks ?? []).some(
    (interlock) =>
      actual !== undefined && concerns(shape, interlock, name, actual) && !concerns(shape, interlock, name, value),
  );
}

/**
 * Which of `desired` may be on the outputs from the instant they are claimed: all but the values an interlock speaks of.
 * Outputs are claimed one after the other, and until all are, nobody knows what the others show. What is left out is
 * written afterwards, in a safe order: dark before lit costs an interlocked lamp a blink when the agent starts.
 */
export function safeInitial(shape: DeviceShape, desired: ReadonlyMap<string, Value>): Map<string, Value> {
  return new Map([...desired].filter(([name, value]) => !isInterlocked(shape, name, value)));
}

/** Whether some interlock forbids `value` of `name` together with another property's. */
export const isInterlocked = (shape: DeviceShape, name: string, value: Value): boolean =>
  (shape.safety?.interlocks ?? []).some((interlock) => concerns(shape, interlock, name, value));
