import type { NodeEvents } from "../hub/node-port.ts";
import type { BridgePart } from "./bridge-part.ts";

/** What nodes say, told to every part that listens; a question goes to the first part that answers it. */
export function joinedEvents(parts: () => readonly BridgePart[]): NodeEvents {
  return {
    connected(node) {
      for (const part of parts()) part.connected?.(node);
    },
    disconnected(node, reason) {
      for (const part of parts()) part.disconnected?.(node, reason);
    },
    acknowledged(node, key, resourceVersion) {
      for (const part of parts()) part.acknowledged?.(node, key, resourceVersion);
    },
    async report(node, report) {
      await Promise.all(parts().map((part) => part.report?.(node, report)));
    },
    async state(node, report) {
      await Promise.all(parts().map((part) => part.state?.(node, report)));
    },
    async request(node, request) {
      for (const part of parts()) {
        const answer = part.request?.(node, request);
        if (answer) return await answer;
      }
      const { type, name } = request.path;
      return { ok: false, reason: "NotFound", code: 404, message: `${type} "${name}" not found` };
    },
    reply(node, reply) {
      for (const part of parts()) part.reply?.(node, reply);
    },
    upload(node, message) {
      for (const part of parts()) part.upload?.(node, message);
    },
    async call(node, call) {
      for (const part of parts()) {
        const answer = part.call?.(node, call);
        if (answer) return await answer;
      }
      throw new Error(`no rule leads to ${call.url}`);
    },
  };
}
