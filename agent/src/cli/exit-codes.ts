import { type AgentErrorCode, agentErrors } from "../errors.ts";

/** Exit codes of the command and the errors they stand for, smallest first. */
export function exitCodes(): ReadonlyMap<number, readonly AgentErrorCode[]> {
  const byCode = new Map<number, AgentErrorCode[]>();
  const entries = Object.entries(agentErrors) as [AgentErrorCode, { readonly exitCode: number }][];
  for (const [code, { exitCode }] of entries.sort(([, a], [, b]) => a.exitCode - b.exitCode)) {
    byCode.set(exitCode, [...(byCode.get(exitCode) ?? []), code]);
  }
  return byCode;
}

/** What an exit code means, in words. */
export const exitCodeMeanings: Readonly<Record<number, string>> = {
  0: "done",
  1: "a bug, or something that doctor or --check found must be fixed",
  2: "the command line, a manifest, a value or the configuration is wrong",
  3: "refused: somebody else changed it, or an interlock forbids it",
  4: "there is no such device, model or property",
  5: "not allowed: no token, a wrong one, or a foreign web site",
  6: "the disk does not take writes",
  7: "the agent cannot start: a port, socket or directory cannot be used",
  8: "--wait ended before the device had the value",
  9: "no agent answers",
  10: "a configured limit was reached",
  11: "the device is not open at the moment",
  12: "the device did not do what it was called for",
  13: "the cloud does not answer",
  14: "the cloud does not let this node in, or its certificate cannot be used",
};
