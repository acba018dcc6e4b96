/** What an adapter is doing. */
export type AdapterState =
  /** Nobody uses it. */
  | { readonly name: "closed" }
  /** The way to the controller is being opened. */
  | { readonly name: "opening"; readonly rung: number; readonly failures: number }
  /** The controller was reset; the library does not know its state yet. */
  | { readonly name: "starting"; readonly rung: number; readonly failures: number }
  | { readonly name: "ready" }
  /** It did not work; it is tried again. */
  | { readonly name: "waiting"; readonly failures: number; readonly reason: string; readonly retryInMs: number };

/** What happens to an adapter. */
export type AdapterInput =
  | { readonly name: "wanted" }
  | { readonly name: "opened" }
  | { readonly name: "powered" }
  /** The library says nothing, or the controller does not answer. */
  | { readonly name: "silent"; readonly reason: string }
  /** It cannot be opened, or says that it will never work. */
  | { readonly name: "refused"; readonly reason: string }
  | { readonly name: "lost"; readonly reason: string }
  | { readonly name: "retry due" }
  | { readonly name: "left" };

/**
 * The ladder: a controller that is silent after a reset is reset once more, then its transport is opened anew, which powers
 * an adapter of the kernel down and up, and then it is left alone for a while.
 */
export const ladder = ["start", "reset", "reopen"] as const;

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

/** The pause after `failures` climbs of the whole ladder in a row. */
export const pauseMs = (failures: number): number =>
  Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 30));

/** The state after `input`; the same one when the input means nothing in it. */
export function next(state: AdapterState, input: AdapterInput): AdapterState {
  if (input.name === "left") return { name: "closed" };
  switch (state.name) {
    case "closed":
      return input.name === "wanted" ? { name: "opening", rung: 0, failures: 0 } : state;
    case "opening":
      if (input.name === "opened") return { ...state, name: "starting" };
      if (input.name === "refused" || input.name === "lost") return waiting(state.failures, input.reason);
      return state;
    case "starting":
      if (input.name === "powered") return { name: "ready" };
      if (input.name === "silent" || input.name === "lost") return climbed(state, input);
      if (input.name === "refused") return waiting(state.failures, input.reason);
      return state;
    case "ready":
      return input.name === "lost" || input.name === "silent" ? waiting(0, input.reason) : state;
    case "waiting":
      return input.name === "retry due" ? { name: "opening", rung: 0, failures: state.failures } : state;
  }
}

function climbed(
  { rung, failures }: { readonly rung: number; readonly failures: number },
  { name, reason }: { readonly name: "silent" | "lost"; readonly reason: string },
): AdapterState {
  // Without its transport a controller cannot be reset.
  const above = name === "lost" ? Math.max(rung + 1, ladder.indexOf("reopen")) : rung + 1;
  if (above >= ladder.length) return waiting(failures, reason);
  return { name: ladder[above] === "reopen" ? "opening" : "starting", rung: above, failures };
}

const waiting = (failures: number, reason: string): AdapterState => ({
  name: "waiting",
  failures: failures + 1,
  reason,
  retryInMs: pauseMs(failures + 1),
});
