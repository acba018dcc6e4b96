import type { Server, ServerUnaryCall, ServerWritableStream, sendUnaryData, UntypedHandleCall } from "@grpc/grpc-js";
import { MapperError } from "../../errors.ts";
import type { Log } from "../../log.ts";
import type { Awaitable } from "../../mapper.ts";
import type { DraftOf, Message, MessageOf } from "../wire/message.ts";
import { type Procedures, pathOf, type Service } from "./service.ts";
import { statusOfError } from "./status.ts";

/** What a handler is told besides the request. */
export interface ServedCall {
  /** Aborts when the caller gives up or its connection ends. */
  readonly signal: AbortSignal;
}

/** Answers one procedure. Whatever it throws leaves as a gRPC status with our code beside it. */
export type Handler<P> = P extends { readonly streams: true; readonly request: infer Q; readonly response: infer R }
  ? (request: MessageOf<Q>, call: ServedCall) => AsyncIterable<DraftOf<R>>
  : P extends { readonly request: infer Q; readonly response: infer R }
    ? (request: MessageOf<Q>, call: ServedCall) => Awaitable<DraftOf<R>>
    : never;

/** A handler for each procedure. One that is missing is answered with UNIMPLEMENTED. */
export type Handlers<P extends Procedures> = { readonly [K in keyof P]?: Handler<P[K]> };

/** A service and who answers its calls. */
export interface Implementation {
  readonly service: Service;
  readonly handlers: Readonly<Record<string, AnyHandler | undefined>>;
}
type AnyHandler = (request: never, call: ServedCall) => unknown;

/** Puts a service and its handlers together for `listen`. */
export const implement = <P extends Procedures>(service: Service<P>, handlers: Handlers<P>): Implementation => ({
  service,
  handlers: handlers as Implementation["handlers"],
});

/** Registers the handlers of one service. */
export function addService(server: Server, { service, handlers }: Implementation, log: Log): void {
  for (const [name, procedure] of Object.entries(service.procedures)) {
    const handler = handlers[name];
    if (!handler) continue;
    const path = pathOf(service, name);
    const served = { handler: handler as ServedHandler, path, log };
    const func = procedure.streams ? streamed(served) : answered(served);
    server.register(
      path,
      func,
      (draft: unknown) => (procedure.response as Message<unknown>).encode(draft),
      (request: Buffer) => procedure.request.decode(request),
      procedure.streams ? "serverStream" : "unary",
    );
  }
}

type ServedHandler = (request: unknown, call: ServedCall) => unknown;

interface Served {
  readonly handler: ServedHandler;
  readonly path: string;
  readonly log: Log;
}

/** A signal that aborts when the caller leaves. */
function signalOf(call: { cancelled: boolean; on(event: "cancelled", listener: () => void): unknown }): AbortSignal {
  const controller = new AbortController();
  const leave = () => controller.abort(new MapperError("DEVICE_ABORTED", "the caller gave up"));
  if (call.cancelled) leave();
  else call.on("cancelled", leave);
  return controller.signal;
}

function answered({ handler, path, log }: Served): UntypedHandleCall {
  return (call: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<unknown>) => {
    const signal = signalOf(call);
    const run = async () => await handler(call.request, { signal });
    run().then(
      (draft) => answer(null, draft),
      (error) => answer(refusal(error, { path, log, signal })),
    );
  };
}

function streamed({ handler, path, log }: Served): UntypedHandleCall {
  return (call: ServerWritableStream<unknown, unknown>) => {
    const signal = signalOf(call);
    pump(handler(call.request, { signal }) as AsyncIterable<unknown>, call, signal).then(
      () => call.end(),
      (error) => call.emit("error", refusal(error, { path, log, signal })), // grpc-js ends the stream with this status
    );
  };
}

/** Sends one message after the other, no faster than they are taken. */
async function pump(
  messages: AsyncIterable<unknown>,
  call: ServerWritableStream<unknown, unknown>,
  signal: AbortSignal,
): Promise<void> {
  for await (const message of messages) {
    if (signal.aborted) return;
    if (call.write(message)) continue;
    await new Promise<void>((resolve) => {
      const go = () => {
        call.off("drain", go);
        signal.removeEventListener("abort", go);
        resolve();
      };
      call.on("drain", go);
      signal.addEventListener("abort", go);
    });
  }
}

function refusal(error: unknown, { path, log, signal }: { path: string; log: Log; signal: AbortSignal }) {
  const status = statusOfError(error);
  if (!signal.aborted) log.debug("dmi.call-failed", { path, error });
  return status;
}
