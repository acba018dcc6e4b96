import { defineMessage } from "../message.ts";
import { anything, optional, text } from "../shape.ts";

/** Keeps the session alive: CloudHub drops one that sent none for 30 s. Nothing else counts, and nothing answers. */
export const keepalive = defineMessage({
  name: "keepalive",
  sender: "edge",
  about: "Keeps the session; sent at once after connecting and then at least every 15 s.",
  matches: ({ route }) => route.operation === "keepalive",
  content: anything,
  value: () => ({}),
  envelope: () => ({
    route: { source: "websocket", group: "resource", operation: "keepalive", resource: "node" },
    content: "ping",
  }),
});

/** The edge took a message of group `resource` and stored it. */
export interface Acknowledgement {
  readonly parentId: string;
  /** Resource of the message that is acknowledged. */
  readonly resource: string;
}

/** CloudHub looks at operation and parent only; without it a message comes five times, and holds up all others. */
export const acknowledgement = defineMessage<Acknowledgement, unknown>({
  name: "acknowledgement",
  sender: "edge",
  about: "The message was stored; sent for everything in group `resource`.",
  matches: ({ header, route }) => route.operation === "response" && header.parentId !== undefined,
  content: anything,
  value: (_, { header, route }) => ({ parentId: header.parentId ?? "", resource: route.resource }),
  envelope: ({ parentId, resource }) => ({
    route: { source: "meta", group: "twin", operation: "response", resource },
    parentId,
    content: "OK",
  }),
});

/** The edge could not store a message; it is sent again later. */
export interface Refusal extends Acknowledgement {
  readonly reason: string;
}

export const refusal = defineMessage<Refusal, string | undefined>({
  name: "refusal",
  sender: "edge",
  about: "The message could not be stored; the cloud sends it again.",
  matches: ({ header, route }) => route.operation === "error" && header.parentId !== undefined,
  content: optional(text),
  value: (reason = "", { header, route }) => ({ parentId: header.parentId ?? "", resource: route.resource, reason }),
  envelope: ({ parentId, resource, reason }) => ({
    route: { source: "metamanager", group: "", operation: "error", resource },
    parentId,
    content: reason,
  }),
});

/** The three operations that the connection itself answers, whatever the session's state. */
export type ControlOperation = "ping" | "pong" | "config";

const controls: readonly string[] = ["ping", "pong", "config"];

/** Asks whether the connection is alive. It is answered also when CloudHub refused the session. */
export const control = defineMessage<{ readonly operation: ControlOperation; readonly resource: string }, unknown>({
  name: "control",
  sender: "edge",
  about: "Probes the connection; answered on the connection itself.",
  matches: ({ route }) => controls.includes(route.operation),
  content: anything,
  value: (_, { route }) => ({ operation: route.operation as ControlOperation, resource: route.resource }),
  envelope: ({ operation, resource }) => ({
    route: { source: "edgehub", group: "control", operation, resource },
    content: operation,
  }),
});

/** The answer to {@link control}. */
export const controlAnswer = defineMessage<Acknowledgement, unknown>({
  name: "control answer",
  sender: "cloud",
  about: "Answers a control message.",
  matches: ({ header, route, content }) =>
    route.operation === "response" && header.parentId !== undefined && content === "ack",
  content: anything,
  value: (_, { header, route }) => ({ parentId: header.parentId ?? "", resource: route.resource }),
  envelope: ({ parentId, resource }) => ({
    route: { source: "edgehub", group: "control", operation: "response", resource },
    parentId,
    content: "ack",
  }),
});
