import { MapperError } from "@edgetwin/mapper-sdk";
import { ModelError } from "@edgetwin/models";
import { AgentError, type AgentErrorCode, agentErrors } from "../errors.ts";
import type { Reply } from "./reply.ts";

/** An error as a REST client gets it: `application/problem+json` (RFC 9457) with the code of the agent's error table. */
export interface Problem {
  /** `urn:edgetwin:error:` and the code. */
  readonly type: string;
  /** The code in words: the same for every occurrence. */
  readonly title: string;
  readonly status: number;
  readonly code: AgentErrorCode;
  /** What went wrong here, and what to do. */
  readonly detail: string;
  /** Path of the request. */
  readonly instance: string;
  /** One entry for every part that was refused. */
  readonly details?: readonly unknown[];
}

/** The answer for whatever a handler threw. Errors that are not on purpose say nothing about their insides. */
export function problemReply(error: unknown, instance: string): Reply {
  const known = asAgentError(error);
  const { code, message, details } = known;
  const problem: Problem = {
    type: `urn:edgetwin:error:${code}`,
    title: titleOf(code),
    status: agentErrors[code].status,
    code,
    detail: message,
    instance,
    ...(details && { details }),
  };
  return {
    status: problem.status,
    headers: known instanceof ReplyError ? known.headers : {},
    type: "application/problem+json",
    body: problem,
  };
}

/** An error whose answer needs headers of its own, e.g. `Allow`. */
export class ReplyError extends AgentError {
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: AgentErrorCode, message: string, headers: Readonly<Record<string, string>>) {
    super(code, message);
    this.headers = headers;
  }
}

/** Whether `error` was thrown on purpose; everything else is a bug and belongs into the log. */
export const isExpected = (error: unknown): boolean =>
  error instanceof AgentError || error instanceof MapperError || error instanceof ModelError;

function asAgentError(error: unknown): AgentError {
  if (error instanceof AgentError) return error;
  if (error instanceof ModelError) {
    return new AgentError("MANIFEST_INVALID", error.message, { cause: error, details: error.issues });
  }
  if (error instanceof MapperError) {
    const code = error.code === "VALUE_INVALID" || error.code === "CONFIG_INVALID" ? error.code : "INTERNAL";
    return new AgentError(code, error.message, { cause: error });
  }
  return new AgentError("INTERNAL", "the agent failed to answer; its log says why", { cause: error });
}

const titleOf = (code: AgentErrorCode): string => {
  const words = code.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};
