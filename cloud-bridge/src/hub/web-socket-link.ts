import type { Clock } from "@edgetwin/mapper-sdk";
import type { WebSocket } from "ws";
import type { EdgeLink } from "./edge-link.ts";

/** How long an edge may take to answer a goodbye. */
const goodbyeMs = 2_000;

/** An edge at the other end of a WebSocket. */
export function webSocketLink(socket: WebSocket, clock: Clock): EdgeLink {
  return {
    send: (text) => socket.send(text),
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close(code, reason) {
      socket.resume();
      // Cut at a character: 123 bytes are all that a close frame can carry.
      socket.close(code, reason.slice(0, 120));
      const timer = clock.after(goodbyeMs, () => socket.terminate(), { background: true });
      socket.once("close", () => timer[Symbol.dispose]());
    },
  };
}
