/** From when on a text or a switch had a value; null: it is not known any more. */
export interface State {
  /** Wall-clock milliseconds. */
  readonly at: number;
  readonly value: string | null;
}

/** States as bytes: JSON pairs of time and value. */
export const packStates = (states: readonly State[]): Uint8Array =>
  Buffer.from(JSON.stringify(states.map(({ at, value }) => [at, value])));

/** The other way; nothing for bytes that are no such list. */
export function unpackStates(bytes: Uint8Array): State[] {
  try {
    const pairs = JSON.parse(Buffer.from(bytes).toString()) as readonly [number, string | null][];
    return pairs.map(([at, value]) => ({ at: Number(at), value: value === null ? null : String(value) }));
  } catch {
    return []; // a damaged row is one page of the past, not worth more than its loss
  }
}

/** The states from `fromMs` to `toMs`, the first one with what held at `fromMs`; at most the newest `points`. */
export function statesIn(
  states: readonly State[],
  { fromMs, toMs, points }: { readonly fromMs: number; readonly toMs: number; readonly points: number },
): readonly State[] {
  const inside = states.filter(({ at }) => at > fromMs && at <= toMs);
  const before = states.filter(({ at }) => at <= fromMs).at(-1);
  const found = before ? [{ at: fromMs, value: before.value }, ...inside] : inside;
  return found.slice(-points);
}
