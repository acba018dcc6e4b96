import { defineMessage } from "../message.ts";
import { anything, integer, list, object, optional, type Read, record, text } from "../shape.ts";

/** Start or stop forwarding an MQTT topic of the edge to the cloud; `topic` begins with the namespace of the rule. */
export interface TopicRule {
  readonly operation: "subscribe" | "unsubscribe";
  readonly topic: string;
}

export const topicRule = defineMessage<TopicRule, unknown>({
  name: "topic rule",
  sender: "cloud",
  about: "Starts or stops forwarding an MQTT topic of the edge.",
  matches: ({ route }) =>
    route.source === "router_eventbus" && (route.operation === "subscribe" || route.operation === "unsubscribe"),
  content: anything,
  value: (_, { route }) => ({ operation: route.operation as TopicRule["operation"], topic: route.resource }),
  envelope: ({ operation, topic }) => ({ route: down("router_eventbus", operation, topic), content: null }),
});

/** An MQTT message, in either direction. */
export interface TopicMessage {
  readonly topic: string;
  readonly payload: string;
}

export const topicPublish = defineMessage<TopicMessage, string | undefined>({
  name: "topic publish",
  sender: "cloud",
  about: "An MQTT message for the bus of the edge.",
  matches: ({ route }) => route.source === "router_eventbus" && route.operation === "publish",
  content: optional(text),
  value: (payload = "", { route }) => ({ topic: route.resource, payload }),
  envelope: ({ topic, payload }) => ({ route: down("router_eventbus", "publish", topic), content: payload }),
});

/** A message on a topic that a rule names; the cloud matches the resource with `{namespace of the rule}/{topic}`. */
export const topicUpload = defineMessage<TopicMessage, unknown>({
  name: "topic upload",
  sender: "edge",
  about: "An MQTT message of the edge, for a rule of the cloud.",
  matches: ({ route }) => route.source === "bus" && route.group === "user" && route.operation === "upload",
  content: anything,
  value: (payload, { route }) => ({
    topic: route.resource,
    payload: typeof payload === "string" ? payload : JSON.stringify(payload),
  }),
  envelope: ({ topic, payload }) => ({
    route: { source: "bus", group: "user", operation: "upload", resource: topic },
    content: payload,
  }),
});

type Headers = ReadonlyMap<string, readonly string[]>;

/** An HTTP call that the cloud wants made on the edge's own loopback. */
export interface ServiceCall {
  readonly method: string;
  readonly port: number;
  /** Path and query, with the leading slash. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

const methods: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const call = object({ header: optional(record(list(text))), body: optional(text) });

export const serviceCall = defineMessage<ServiceCall, Read<typeof call> | undefined>({
  name: "service call",
  sender: "cloud",
  about: "An HTTP call to make on the edge's loopback.",
  matches: ({ route }) =>
    route.source === "router_servicebus" && methods.includes(route.operation) && /^\d{1,5}:/.test(route.resource),
  content: optional(call),
  value: (content, { route }) => {
    const [, port, path = ""] = /^(\d+):(.*)$/s.exec(route.resource) as RegExpExecArray;
    return {
      method: route.operation,
      port: Number(port),
      path,
      headers: content?.header ?? new Map(),
      body: bytesOf(content?.body),
    };
  },
  envelope: ({ method, port, path, headers, body }) => ({
    route: down("router_servicebus", method, `${port}:${path}`),
    content: { header: Object.fromEntries(headers), body: base64(body), method, url: "" },
  }),
});

/** What the service answered; errors of the edge itself go the same way, for CloudCore drops anything else. */
export interface ServiceReply {
  readonly parentId: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

const reply = object({ header: optional(record(list(text))), status_code: optional(integer), body: optional(text) });

export const serviceReply = defineMessage<ServiceReply, Read<typeof reply> | undefined>({
  name: "service reply",
  sender: "edge",
  about: "What the service on the edge answered.",
  matches: ({ header, route }) => route.source === "servicebus" && header.parentId !== undefined,
  content: optional(reply),
  value: (content, { header }) => ({
    parentId: header.parentId ?? "",
    status: content?.status_code ?? 0,
    headers: content?.header ?? new Map(),
    body: bytesOf(content?.body),
  }),
  envelope: ({ parentId, status, headers, body }) => ({
    route: { source: "servicebus", group: "user", operation: "upload", resource: "" },
    parentId,
    content: { header: Object.fromEntries(headers), status_code: status, body: base64(body) },
  }),
});

const down = (source: string, operation: string, resource: string) => ({ source, group: "user", operation, resource });
const bytesOf = (encoded: string | undefined): Uint8Array => new Uint8Array(Buffer.from(encoded ?? "", "base64"));
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
