import { findDevice } from "../find.ts";
import type { Reply } from "../reply.ts";
import type { Call, Route } from "../route.ts";

/** Server-sent events: of everything, or of one device. */
export const watchRoutes: readonly Route[] = [
  { method: "GET", path: "/api/v1/watch", handle: (call) => watch(call) },
  {
    method: "GET",
    path: "/api/v1/devices/{namespace}/{name}/watch",
    handle: (call) => watch(call, findDevice(call.core, call.params).id),
  },
];

function watch({ state, header }: Call, device?: string): Reply {
  state.feed.requireRoom();
  // Nothing is kept for replay: whoever comes back gets a snapshot of how things are now.
  const reason = header("last-event-id") === undefined ? "start" : "reconnect";
  return { status: 200, stream: (response) => state.feed.attach(response, device, reason) };
}
