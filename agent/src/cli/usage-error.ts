import { AgentError } from "../errors.ts";

/** A command line that cannot be understood; `next` is the command to try. */
export function usageError(message: string, next: string): AgentError {
  return new AgentError("REQUEST_INVALID", `${message}\ntry: ${next}`);
}
