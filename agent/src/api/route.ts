import type { Core } from "../core.ts";
import type { Origin } from "../twin/types.ts";
import type { ApiState } from "./api-state.ts";
import type { Guard } from "./guard.ts";
import type { Reply } from "./reply.ts";

export type Method = "GET" | "PUT" | "POST" | "PATCH" | "DELETE";

/** One request as a handler sees it. */
export interface Call {
  readonly core: Core;
  readonly state: ApiState;
  /** The parts of the path in braces, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Only parameters that the route declares. */
  readonly query: URLSearchParams;
  header(name: string): string | undefined;
  /** Who asks, for the cause log. */
  readonly origin: Origin;
  /** Who may do what on this listener; undefined on the Unix socket. */
  readonly guard: Guard | undefined;
  /** Aborts when the client goes away or the agent stops. */
  readonly signal: AbortSignal;
  /** The body as text and its content type. Rejects with `BODY_TOO_LARGE`. */
  text(): Promise<{ readonly text: string; readonly type: string }>;
}

/** One method of one path. */
export interface Route {
  readonly method: Method;
  /** With parameters in braces, as in OpenAPI: `/api/v1/devices/{namespace}/{name}`. */
  readonly path: string;
  /** Query parameters it reads; others are refused, so that a misspelt one is noticed. */
  readonly query?: readonly string[];
  /** Answered without a token: says nothing about devices. */
  readonly open?: true;
  readonly handle: (call: Call) => Reply | Promise<Reply>;
}
