import type { Message } from "../wire/message.ts";

/** One remote procedure: what goes there, what comes back, and whether it comes once or as a stream. */
export interface Procedure<In = never, Request = unknown, Draft = never, Response = unknown> {
  readonly request: Message<In, Request>;
  readonly response: Message<Draft, Response>;
  readonly streams: boolean;
}

/** Procedures by name; the name on the wire begins with a capital letter. */
export type Procedures = Readonly<Record<string, Procedure>>;

/** A gRPC service: its full name and a table of its procedures. Server and client types are inferred from it. */
export interface Service<P extends Procedures = Procedures> {
  /** e.g. `"v1beta1.DeviceManagerService"`. */
  readonly name: string;
  readonly procedures: P;
}

export function service<const P extends Procedures>(name: string, procedures: P): Service<P> {
  return { name, procedures };
}

/** A procedure with one answer. */
export const unary = <In, Request, Draft, Response>(
  request: Message<In, Request>,
  response: Message<Draft, Response>,
) => ({ request, response, streams: false }) as const;

/** A procedure whose answer is a stream of messages. */
export const streaming = <In, Request, Draft, Response>(
  request: Message<In, Request>,
  response: Message<Draft, Response>,
) => ({ request, response, streams: true }) as const;

/** Path of a procedure on the wire: `/v1beta1.DeviceManagerService/MapperRegister`. */
export const pathOf = ({ name }: Service, procedure: string): string =>
  `/${name}/${procedure.charAt(0).toUpperCase()}${procedure.slice(1)}`;
