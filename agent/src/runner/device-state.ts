/** Where one device stands. The state holds only what its own decisions need; timers and I/O live in the runner. */
export type DeviceState =
  /** No mapper serves it; a KubeEdge mapper on the message bus may. */
  | { readonly name: "unserved"; readonly reason: string }
  | { readonly name: "opening"; readonly failures: number }
  | { readonly name: "online" }
  /** Opening or talking to it failed, or its mapper is not there; tried again by itself, at a known time or when it comes. */
  | { readonly name: "waiting"; readonly failures: number; readonly reason: string; readonly retryInMs?: number }
  /** The configuration cannot work; waits for another one. */
  | { readonly name: "refused"; readonly reason: string }
  | { readonly name: "closed" };

export type DeviceInput =
  | { readonly name: "opened" }
  | { readonly name: "failed"; readonly retryable: boolean; readonly reason: string; readonly retryInMs: number }
  | { readonly name: "retry due" }
  | { readonly name: "configured" }
  | { readonly name: "removed" };

export const initialState: DeviceState = { name: "opening", failures: 0 };

/** The next state, or undefined when `input` means nothing in `state`. Pure. */
export function next(state: DeviceState, input: DeviceInput): DeviceState | undefined {
  if (state.name === "closed") return undefined;
  if (input.name === "removed") return { name: "closed" };
  if (input.name === "configured") return initialState;

  switch (state.name) {
    case "opening":
      if (input.name === "opened") return { name: "online" };
      return input.name === "failed" ? afterFailure(input, state.failures) : undefined;
    case "online":
      return input.name === "failed" ? afterFailure(input, 0) : undefined;
    case "waiting":
      return input.name === "retry due" ? { name: "opening", failures: state.failures } : undefined;
    case "refused":
    case "unserved":
      return undefined;
  }
}

function afterFailure(
  { retryable, reason, retryInMs }: Extract<DeviceInput, { name: "failed" }>,
  failures: number,
): DeviceState {
  return retryable ? { name: "waiting", failures: failures + 1, reason, retryInMs } : { name: "refused", reason };
}
