import { defineMessage } from "../message.ts";
import { anything, optional, text } from "../shape.ts";

/** Allows or forbids a URL of the cloud for calls from the edge. */
export interface UrlRule {
  readonly operation: "start" | "stop";
  /** With `stop` CloudCore has lost a slash (`http:/host`): compare without counting slashes. */
  readonly url: string;
}

export const urlRule = defineMessage<UrlRule, unknown>({
  name: "url rule",
  sender: "cloud",
  about: "Allows or forbids a URL of the cloud for calls from the edge.",
  matches: ({ route }) =>
    route.source === "router_servicebus" && (route.operation === "start" || route.operation === "stop"),
  content: anything,
  value: (_, { route }) => ({ operation: route.operation as UrlRule["operation"], url: route.resource }),
  envelope: ({ operation, url }) => ({
    route: { source: "router_servicebus", group: "user", operation, resource: url },
    content: null,
  }),
});

/** A call from the edge to a URL of the cloud; `request` is the JSON that the caller sent, and its target gets it in base64. */
export interface UrlCall {
  readonly url: string;
  readonly request: string;
}

export const urlCall = defineMessage<UrlCall, string | undefined>({
  name: "url call",
  sender: "edge",
  about: "A call from the edge to a URL that a rule allows.",
  matches: ({ header, route }) =>
    route.source === "servicebus" && route.operation === "upload" && header.parentId === undefined,
  content: optional(text),
  value: (encoded, { route }) => ({
    url: route.resource,
    request: Buffer.from(encoded ?? "", "base64").toString("utf8"),
  }),
  envelope: ({ url, request }) => ({
    route: { source: "servicebus", group: "user", operation: "upload", resource: url },
    content: Buffer.from(request, "utf8").toString("base64"),
  }),
});

/** What the target of a {@link urlCall} answered. */
export interface UrlReply {
  readonly parentId: string;
  readonly text: string;
}

export const urlReply = defineMessage<UrlReply, unknown>({
  name: "url reply",
  sender: "cloud",
  about: "What the URL answered.",
  matches: ({ header, route }) =>
    route.source === "servicebus" && route.operation === "response" && header.parentId !== undefined,
  content: anything,
  value: (content, { header }) => ({
    parentId: header.parentId ?? "",
    text: typeof content === "string" ? content : JSON.stringify(content),
  }),
  envelope: ({ parentId, text: written }) => ({
    route: { source: "servicebus", group: "user", operation: "response", resource: "" },
    parentId,
    content: written,
  }),
});
