import type { BridgeError, BridgeErrorCode } from "../errors.ts";

/** What an exit code means, in words. The same numbers mean the same in `edgetwin`. */
export const exitCodeMeanings: Readonly<Record<number, string>> = {
  0: "done",
  1: "a bug",
  2: "the command line or the configuration is wrong",
  3: "the Kubernetes API refused",
  4: "there is no such node",
  5: "not allowed by the Kubernetes API",
  7: "the bridge cannot start: a port, a directory or a database cannot be used",
  9: "the Kubernetes API does not answer; in standalone mode: no bridge runs",
};

const byCode: Readonly<Record<BridgeErrorCode, number>> = {
  COMMAND_INVALID: 2,
  CONFIG_INVALID: 2,
  START_FAILED: 7,
  KUBERNETES: 3,
  UNREACHABLE: 9,
};

/** The exit code that an error stands for. */
export function exitCodeOf({ code, reason }: BridgeError): number {
  if (code !== "KUBERNETES") return byCode[code];
  if (reason === "NotFound") return 4;
  return reason === "Forbidden" || reason === "Unauthorized" ? 5 : 3;
}
