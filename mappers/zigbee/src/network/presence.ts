/** How things stand with a device that says nothing. */
export interface Silence {
  /** A sleepy device cannot be asked. */
  readonly isSleepy: boolean;
  readonly silentMs: number;
  readonly limitMs: number;
  /** Questions since it last said something that went without an answer. */
  readonly unanswered: number;
}

/** Silence after which a device counts as gone, unless its connection says otherwise. */
export const defaultLimitMs = { mains: 10 * 60_000, battery: 25 * 3_600_000 } as const;

/** Questions that must go without an answer before a device on mains counts as gone: one frame is easily lost. */
const enoughQuestions = 2;

/** What to do about it: nothing, ask it, or count it as gone. */
export function presenceOf({ isSleepy, silentMs, limitMs, unanswered }: Silence): "here" | "ask" | "gone" {
  if (silentMs < limitMs) return "here";
  if (isSleepy) return "gone";
  return unanswered >= enoughQuestions ? "gone" : "ask";
}
