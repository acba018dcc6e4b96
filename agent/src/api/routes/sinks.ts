import { ok, type Reply } from "../reply.ts";
import type { Call, Route } from "../route.ts";
import { timestamp } from "../twin-json.ts";

/** Where reported values go. */
export const sinkRoutes: readonly Route[] = [{ method: "GET", path: "/api/v1/sinks", handle: listSinks }];

/** A sink as REST shows it. */
export interface SinkJson {
  readonly sink: string;
  readonly address: string;
  readonly state: string;
  readonly reason?: string;
  readonly retryInMs?: number;
  readonly devices: readonly string[];
  readonly queued: number;
  readonly oldestAgeMs?: number;
  readonly sent: number;
  readonly dropped: number;
  readonly refusedValues: number;
  readonly failures: number;
  readonly lastSentAt?: string;
}

function listSinks({ core, state }: Call): Reply {
  const now = core.clock.now();
  const items = state.sinks().map(
    ({ oldestAt, lastSentAt, refused, ...shown }): SinkJson => ({
      ...shown,
      refusedValues: refused,
      ...(oldestAt !== undefined && { oldestAgeMs: Math.max(0, now - oldestAt) }),
      ...(lastSentAt !== undefined && { lastSentAt: timestamp(lastSentAt) }),
    }),
  );
  return ok({ items });
}
