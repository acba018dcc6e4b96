import { linkSignals } from "@edgetwin/mapper-sdk";
import { withDeadline } from "./deadline.ts";
import type { Session } from "./session.ts";

/** One call of a method of a device. */
export interface MethodCall {
  readonly name: string;
  /** As it came through a door; the mapper's schema judges it. */
  readonly input: unknown;
  /** Milliseconds until the call is given up, the wait for the bus included. */
  readonly timeoutMs: number;
  /** Aborts when the caller gives up. */
  readonly signal: AbortSignal;
}

/**
 * Calls a method of an open device when its bus is free, before any poll. Rejects with MapperError: `VALUE_INVALID` for
 * an unknown method, wrong input or a nonsensical answer, `DEVICE_IO` when the device or the time fails it, `DEVICE_ABORTED`
 * when the caller or the session ends.
 */
export async function runMethod(session: Session, { name, input, timeoutMs, signal }: MethodCall): Promise<unknown> {
  const { id, device, lane, clock } = session;
  const link = linkSignals(session.signal, signal);
  const call = device.call as (name: string, input: unknown, options: { signal: AbortSignal }) => Promise<unknown>;
  try {
    return await withDeadline({ clock, timeoutMs, signal: link.signal, what: `${id} ${name}` }, (inner) =>
      lane.run({ priority: "interactive", signal: inner, longestMs: timeoutMs }, () =>
        call(name, input, { signal: inner }),
      ),
    );
  } finally {
    link[Symbol.dispose]();
  }
}
