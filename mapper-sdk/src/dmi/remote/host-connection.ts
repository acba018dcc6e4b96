import { status } from "@grpc/grpc-js";
import type { Clock } from "../../clock.ts";
import { MapperError } from "../../errors.ts";
import type { Log } from "../../log.ts";
import type { mapperHost } from "../host/service.ts";
import type { ServiceClient } from "../transport/call.ts";

/** The calls of a mapper process. */
export type HostClient = ServiceClient<typeof mapperHost.procedures>;

/** What everything of one mapper process has in common. */
export interface HostConnection {
  readonly client: HostClient;
  /** Its name, for messages. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts with `DEVICE_IO` when the process has ended. */
  readonly ended: AbortSignal;
}

/** What a call rejects with when the process at the other end is no more. */
export const processEnded = (name: string): MapperError =>
  new MapperError("DEVICE_IO", `the mapper process ${name} has ended`);

/** `error`, or that the process has ended when that is what is behind it. */
export function errorFrom({ name, ended }: Pick<HostConnection, "name" | "ended">, error: unknown): unknown {
  if (ended.aborted) return ended.reason;
  const code = (error as { cause?: { code?: unknown } }).cause?.code;
  const lost = error instanceof MapperError && error.code === "DEVICE_IO" && lostCodes.has(code);
  return lost ? processEnded(name) : error;
}

const lostCodes = new Set<unknown>([status.UNAVAILABLE, status.CANCELLED]);
