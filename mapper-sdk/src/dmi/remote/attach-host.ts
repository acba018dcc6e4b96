import { setMaxListeners } from "node:events";
import { status } from "@grpc/grpc-js";
import { attempt } from "../../attempt.ts";
import { type Clock, systemClock } from "../../clock.ts";
import { MapperError } from "../../errors.ts";
import type { Log } from "../../log.ts";
import { silentLog } from "../../log.ts";
import type { Mapper } from "../../mapper.ts";
import type { Protocol } from "../../protocol.ts";
import type { Description } from "../host/messages.ts";
import { mapperHost } from "../host/service.ts";
import { connect } from "../transport/connect.ts";
import { errorFrom, type HostConnection, processEnded } from "./host-connection.ts";
import { remotePart } from "./remote-mapper.ts";

/** Who attaches. */
export interface AttachOptions {
  readonly clock?: Clock;
  readonly log?: Log;
  /** Gives up attaching; later it detaches. */
  readonly signal?: AbortSignal;
  /** Told to the process for its log. */
  readonly name?: string;
  readonly version?: string;
}

/** A mapper process of our SDK. Disposing it detaches: its devices are closed, the process goes on. */
export interface AttachedHost extends Disposable {
  readonly name: string;
  readonly version: string;
  readonly pid: number;
  /** What its board is, for people. */
  readonly board: string;
  /** What it serves; to be used like mappers and protocols of this process. */
  readonly parts: readonly (Mapper | Protocol)[];
  /** Resolves with the reason when the process has ended, stops serving, or was detached. Never rejects. */
  readonly closed: Promise<string>;
}

/**
 * Attaches to the mapper process that listens at `socket`. Undefined when it is no process of our SDK, but a mapper of
 * KubeEdge. Rejects with `DEVICE_IO` when nobody listens there, or when the process ended before it had said what it is.
 */
export async function attachHost(
  socket: string,
  { clock = systemClock, log = silentLog, signal, name = "edgetwin", version = "" }: AttachOptions = {},
): Promise<AttachedHost | undefined> {
  const leave = new AbortController();
  const connection = await connect(socket, { clock, ...(signal && { signal }) });
  const onAbort = () => leave.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  const client = connection.client(mapperHost);
  const described = client.describe({ name, version }, leave)[Symbol.asyncIterator]();
  const end = () => {
    signal?.removeEventListener("abort", onAbort);
    connection[Symbol.dispose]();
  };

  let description: Description;
  try {
    const first = await attempt(() => described.next(), signal ?? leave.signal);
    if (first.done) throw processEnded(socket);
    description = first.value;
  } catch (error) {
    end();
    if (isUnimplemented(error)) return undefined;
    throw error;
  }
  const ended = new AbortController();
  setMaxListeners(0, ended.signal); // every device and call of the process listens for its end
  const host: HostConnection = { client, name: description.name, ended: ended.signal, clock, log };
  const closed = whyOver(described, host).then((reason) => {
    ended.abort(processEnded(description.name));
    end();
    return reason;
  });
  return {
    name: description.name,
    version: description.version,
    pid: description.pid,
    board: description.board,
    parts: description.parts.map((part) => remotePart(host, part)),
    closed,
    [Symbol.dispose]: () => leave.abort(new MapperError("DEVICE_ABORTED", "the agent has detached from it")),
  };
}

async function whyOver(described: AsyncIterator<Description>, host: HostConnection): Promise<string> {
  try {
    while (!(await described.next()).done);
    return `the mapper process ${host.name} has stopped`;
  } catch (error) {
    const cause = errorFrom(host, error);
    return cause instanceof Error ? cause.message : String(cause);
  }
}

const isUnimplemented = (error: unknown): boolean =>
  error instanceof MapperError && (error.cause as { code?: unknown } | undefined)?.code === status.UNIMPLEMENTED;
