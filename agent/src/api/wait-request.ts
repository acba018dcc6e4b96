import { didYouMean, formatDuration, parseDuration } from "@edgetwin/mapper-sdk";
import { AgentError } from "../errors.ts";
import type { Call } from "./route.ts";
import { type WaitGoal, waitGoals } from "./wait.ts";

/** That a client wants to wait, for what, and how long. */
export interface WaitRequest {
  readonly goal: WaitGoal;
  readonly timeoutMs: number;
  /** Set when the wish came as `Prefer: wait=…`: the header that says it was granted (RFC 7240 3). */
  readonly applied?: string;
}

const defaultTimeoutMs = 10_000;

/**
 * Reads `?wait=verified&timeout=10s` or `Prefer: wait=10`; undefined when the client does not want to wait.
 *
 * @throws AgentError `REQUEST_INVALID` for an unknown goal or a timeout that is none or above the limit.
 */
export function waitRequest({ query, header, state }: Call): WaitRequest | undefined {
  const goal = query.get("wait");
  const timeout = query.get("timeout");
  const seconds = /(?:^|[,;\s])wait=(\d+)/i.exec(header("prefer") ?? "")?.[1];
  if (goal === null) {
    if (timeout !== null) throw new AgentError("REQUEST_INVALID", "timeout means nothing without wait=verified");
    if (seconds === undefined) return undefined;
    // A preference is a wish, so too long a one is cut instead of refused.
    const timeoutMs = Math.min(Number(seconds) * 1000, state.limits.maxWaitMs);
    return { goal: "verified", timeoutMs, applied: `wait=${timeoutMs / 1000}` };
  }
  return { goal: asGoal(goal), timeoutMs: asTimeout(timeout, state.limits.maxWaitMs) };
}

function asGoal(text: string): WaitGoal {
  const goal = waitGoals.find((candidate) => candidate === text);
  if (goal) return goal;
  const hint = didYouMean(text, waitGoals) || `; use ${waitGoals.join(" or ")}`;
  throw new AgentError("REQUEST_INVALID", `cannot wait for "${text}"${hint}`);
}

/** Milliseconds of `?timeout=`. @throws AgentError `REQUEST_INVALID`. */
export function asTimeout(text: string | null, maxMs: number): number {
  if (text === null) return defaultTimeoutMs;
  const ms = parseDuration(text);
  if (ms !== undefined && ms <= maxMs) return ms;
  const message = `timeout "${text}" is no duration up to ${formatDuration(maxMs)}; write e.g. 10s or 500ms`;
  throw new AgentError("REQUEST_INVALID", message);
}
