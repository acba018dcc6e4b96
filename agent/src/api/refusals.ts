import { AgentError, type AgentErrorCode } from "../errors.ts";
import type { Refusal, RefusalCode } from "../twin/types.ts";

const codes: Readonly<Record<RefusalCode, AgentErrorCode>> = {
  PROPERTY_UNKNOWN: "VALUE_INVALID",
  VALUE_INVALID: "VALUE_INVALID",
  READ_ONLY: "VALUE_INVALID",
  VERSION_CONFLICT: "VERSION_CONFLICT",
  INTERLOCK: "INTERLOCK",
  LIMIT: "LIMIT",
};

/** What cannot work at all is told before what may work after reading again. */
const gravest: readonly AgentErrorCode[] = ["VALUE_INVALID", "VERSION_CONFLICT", "INTERLOCK", "LIMIT"];

/** The error for a change that was refused as a whole: the gravest code, every refusal in `details`. */
export function refusalError(refusals: readonly Refusal[]): AgentError {
  const found = new Set(refusals.map(({ code }) => codes[code]));
  const code = gravest.find((candidate) => found.has(candidate)) ?? "VALUE_INVALID";
  return new AgentError(code, refusals.map(({ message }) => message).join("; "), { details: refusals });
}
