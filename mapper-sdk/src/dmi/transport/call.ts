import type { Client, ClientReadableStream, ServiceError } from "@grpc/grpc-js";
import { mapperErrorOf } from "../../attempt.ts";
import type { Clock, Timer } from "../../clock.ts";
import { formatDuration } from "../../duration.ts";
import { MapperError } from "../../errors.ts";
import type { DraftOf, MessageOf } from "../wire/message.ts";
import { type Procedure, type Procedures, pathOf, type Service } from "./service.ts";
import { errorOfStatus } from "./status.ts";

/** When to give up a call. */
export interface RpcOptions {
  /** Gives up with `DEVICE_IO` after this time; no limit when left out. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** How one procedure is called. Rejects with the MapperError that the other side threw, or with `DEVICE_IO`. */
export type Rpc<P> = P extends { readonly streams: true; readonly request: infer Q; readonly response: infer R }
  ? (request: DraftOf<Q>, options?: Pick<RpcOptions, "signal">) => AsyncIterable<MessageOf<R>>
  : P extends { readonly request: infer Q; readonly response: infer R }
    ? (request: DraftOf<Q>, options?: RpcOptions) => Promise<MessageOf<R>>
    : never;

/** The procedures of a service as functions. A stream begins with its first `next()` and is cancelled by leaving it. */
export type ServiceClient<P extends Procedures> = { readonly [K in keyof P]: Rpc<P[K]> };

/** What the calls of one connection share. */
export interface Circumstances {
  readonly clock: Clock;
  readonly socket: string;
  /** Calls under way. grpc-js keeps a connection for as long as there is one, also when it was told to close it. */
  readonly running: Set<{ cancel(): void }>;
}

/** Makes the functions of a service. */
export function clientOf<P extends Procedures>(
  client: Client,
  service: Service<P>,
  circumstances: Circumstances,
): ServiceClient<P> {
  const calls = Object.entries(service.procedures).map(([name, procedure]) => {
    const call = { client, procedure, path: pathOf(service, name), ...circumstances };
    return [name, procedure.streams ? streamed(call) : answered(call)];
  });
  return Object.fromEntries(calls) as ServiceClient<P>;
}

interface Call extends Circumstances {
  readonly client: Client;
  readonly procedure: Procedure;
  readonly path: string;
}

const encoderOf = ({ procedure }: Call) =>
  procedure.request.encode.bind(procedure.request) as (draft: unknown) => Buffer;
const decoderOf =
  ({ procedure }: Call) =>
  (bytes: Buffer) =>
    procedure.response.decode(bytes);
const nameOf = ({ path, socket }: Call) => `${path.slice(path.lastIndexOf("/") + 1)} at ${socket}`;

function answered(call: Call) {
  const { client, path, clock, running } = call;
  const [encode, decode, name] = [encoderOf(call), decoderOf(call), nameOf(call)];
  return (request: unknown, { timeoutMs, signal }: RpcOptions = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortedBy(signal));
      let timer: Timer | undefined;
      const settle = () => {
        running.delete(rpc);
        timer?.[Symbol.dispose]();
        signal?.removeEventListener("abort", onAbort);
      };
      const giveUp = (error: MapperError) => {
        settle();
        reject(error);
        rpc.cancel();
      };
      const onAbort = () => giveUp(abortedBy(signal as AbortSignal));
      const rpc = started(() =>
        client.makeUnaryRequest(path, encode, decode, request, (error: ServiceError | null, response) => {
          settle();
          if (error) reject(errorOfStatus(error, name));
          else resolve(response);
        }),
      );
      running.add(rpc);
      signal?.addEventListener("abort", onAbort, { once: true });
      if (timeoutMs !== undefined) {
        const late = () => new MapperError("DEVICE_IO", `${name} did not answer within ${formatDuration(timeoutMs)}`);
        timer = clock.after(timeoutMs, () => giveUp(late()));
      }
    });
}

function streamed(call: Call) {
  const { client, path, running } = call;
  const [encode, decode, name] = [encoderOf(call), decoderOf(call), nameOf(call)];
  return async function* (request: unknown, { signal }: Pick<RpcOptions, "signal"> = {}): AsyncGenerator<unknown> {
    if (signal?.aborted) throw abortedBy(signal);
    const stream = started(() => client.makeServerStreamRequest(path, encode, decode, request));
    running.add(stream);
    const onAbort = () => stream.cancel();
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      yield* messagesOf(stream, name);
    } catch (error) {
      throw signal?.aborted ? abortedBy(signal) : error;
    } finally {
      signal?.removeEventListener("abort", onAbort);
      running.delete(stream);
      stream.cancel();
    }
  };
}

/** Every message in order, then the error; a Readable's own iterator forgets what it has buffered when an error comes. */
async function* messagesOf(stream: ClientReadableStream<unknown>, name: string): AsyncGenerator<unknown> {
  const arrived: unknown[] = [];
  let wake = () => {};
  let failure: ServiceError | undefined;
  let ended = false;
  stream.on("data", (message) => {
    arrived.push(message);
    stream.pause(); // the rest waits at the sender until these were taken
    wake();
  });
  stream.on("error", (error: ServiceError) => {
    failure = error;
  });
  stream.on("end", () => {
    ended = true;
    wake();
  });
  for (;;) {
    while (arrived.length > 0) yield arrived.shift();
    if (ended) break;
    await new Promise<void>((resolve) => {
      wake = resolve;
      stream.resume();
    });
  }
  if (failure) throw errorOfStatus(failure, name);
}

/** grpc-js throws at once when the connection was closed. */
function started<T>(start: () => T): T {
  try {
    return start();
  } catch (cause) {
    if (cause instanceof MapperError) throw cause;
    throw new MapperError("DEVICE_IO", "the connection to the other process has ended", { cause });
  }
}

function abortedBy({ reason }: AbortSignal): MapperError {
  if (reason instanceof MapperError) return reason;
  const error = mapperErrorOf(reason);
  return new MapperError("DEVICE_ABORTED", `the operation was given up: ${error.message}`, { cause: reason });
}
