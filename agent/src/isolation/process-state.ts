/** Where a supervised process stands. The state holds only what its own decisions need; timers and the process do not. */
export type ProcessState =
  /** Started, not registered yet. */
  | { readonly name: "starting"; readonly failures: number }
  /** Registered; `stable` once it has run for a while: then an end is its first failure again. */
  | { readonly name: "running"; readonly failures: number; readonly stable: boolean }
  /** Being ended because of `reason`, which becomes the reason of its end. */
  | { readonly name: "ending"; readonly failures: number; readonly reason: string }
  /** Ended; started again by itself. */
  | { readonly name: "waiting"; readonly failures: number; readonly reason: string; readonly retryInMs: number }
  | { readonly name: "stopped" };

export type ProcessInput =
  | { readonly name: "registered" }
  | { readonly name: "stable" }
  /** It does something it must not: takes too much memory, does not register in time. */
  | { readonly name: "condemned"; readonly reason: string }
  | { readonly name: "exited"; readonly reason: string; readonly retryInMs: (failures: number) => number }
  | { readonly name: "retry due" }
  | { readonly name: "stop" };

export const initialProcess: ProcessState = { name: "starting", failures: 0 };

/** The next state, or undefined when `input` means nothing in `state`. Pure. */
export function nextProcess(state: ProcessState, input: ProcessInput): ProcessState | undefined {
  if (state.name === "stopped") return undefined;
  if (input.name === "stop") return { name: "stopped" };
  switch (input.name) {
    case "registered":
      return state.name === "starting" ? { name: "running", failures: state.failures, stable: false } : undefined;
    case "stable":
      return state.name === "running" ? { ...state, stable: true } : undefined;
    case "condemned":
      if (state.name !== "starting" && state.name !== "running") return undefined;
      return { name: "ending", failures: failuresOf(state), reason: input.reason };
    case "exited": {
      if (state.name === "waiting") return undefined;
      const failures = failuresOf(state) + 1;
      const reason = state.name === "ending" ? state.reason : input.reason;
      return { name: "waiting", failures, reason, retryInMs: input.retryInMs(failures) };
    }
    case "retry due":
      return state.name === "waiting" ? { name: "starting", failures: state.failures } : undefined;
  }
}

/** Failures in a row before this one. */
const failuresOf = (state: Exclude<ProcessState, { name: "stopped" }>): number =>
  state.name === "running" && state.stable ? 0 : state.failures;
