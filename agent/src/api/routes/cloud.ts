import type { CloudStatus } from "../../cloud/cloud-status.ts";
import { ok, type Reply } from "../reply.ts";
import type { Call, Route } from "../route.ts";
import { timestamp } from "../twin-json.ts";

/** The connection to the cloud. */
export const cloudRoutes: readonly Route[] = [{ method: "GET", path: "/api/v1/cloud", handle: showCloud }];

/** The connection to the cloud as REST shows it. */
export interface CloudJson extends Omit<CloudStatus, "since" | "certificateExpiresAt"> {
  readonly since: string;
  readonly certificateExpiresAt?: string;
}

function showCloud({ core, state }: Call): Reply {
  const { since, certificateExpiresAt, ...shown } = state.cloud() ?? notJoined(core.clock.now());
  const answer: CloudJson = {
    ...shown,
    since: timestamp(since),
    ...(certificateExpiresAt !== undefined && { certificateExpiresAt: timestamp(certificateExpiresAt) }),
  };
  return ok(answer);
}

/** What an agent shows that has no way to a cloud. */
const notJoined = (since: number): CloudStatus => ({
  ...{ state: "none", since, connects: 0, reportsConfirmed: 0, devicesWaiting: 0, refusedObjects: 0 },
});
