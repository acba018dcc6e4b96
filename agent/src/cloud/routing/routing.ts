import {
  type Envelope,
  type Message,
  serviceCall,
  serviceReply,
  topicPublish,
  topicRule,
  topicUpload,
  urlCall,
  urlReply,
  urlRule,
} from "@edgetwin/cloud-protocol";
import type { Clock, Log, Timer } from "@edgetwin/mapper-sdk";
import type { Bus } from "../../bus/bus.ts";
import type { Connection } from "../session/connection.ts";
import { readWishes, routingFile, writeWishes } from "./routing-file.ts";
import { ServiceCalls } from "./service-calls.ts";
import { type UrlAnswer, UrlDoor } from "./url-door.ts";

/** What routing is made of. */
export interface RoutingParts {
  /** Missing when the agent has no message bus: topics go nowhere then. */
  readonly bus: Bus | undefined;
  readonly stateDirectory: string;
  /** Ports of local services that the cloud may have called. */
  readonly services: readonly number[];
  /** Where programs of this machine call URLs of the cloud; missing when they may not. */
  readonly callPort?: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** EdgeCore waits as long for an answer of the cloud. */
const callMs = 60_000;
const mostCalls = 16;
/** A rule is a line of an operator; more than this is a cloud gone mad. */
const mostWishes = 1000;
/** Frames of the bridge have at most 2 MiB, with base64 in them; CloudCore takes EdgeCore's 5 MB. */
const longestReply = { bridge: 1024 * 1024, cloudCore: 5_000_000 };
const longestUpload = 512 * 1024;

/** What the cloud may ask of the message bus and of services here, by its Rules; and what goes from here to its URLs. */
export class Routing implements AsyncDisposable {
  readonly #parts: RoutingParts;
  readonly #file: string;
  readonly #services: ServiceCalls;
  readonly #door: UrlDoor | undefined;
  /** How to stop forwarding, by topic. */
  readonly #topics = new Map<string, () => void>();
  readonly #urls: Set<string>;
  readonly #calls = new Map<string, { readonly timer: Timer; settle(answer: UrlAnswer): void }>();
  #connection: Connection | undefined;

  constructor(parts: RoutingParts) {
    const { clock, log, services, callPort, stateDirectory } = parts;
    this.#parts = parts;
    this.#file = routingFile(stateDirectory);
    this.#services = new ServiceCalls({ ports: new Set(services), clock, log });
    const call = (url: string, request: string) => this.#call(url, request);
    if (callPort !== undefined) this.#door = new UrlDoor({ port: callPort, log, call });
    const { topics, urls } = readWishes(this.#file, log);
    this.#urls = new Set(urls);
    for (const topic of topics) this.#forward(topic);
    if (urls.length > 0) this.#door?.open();
  }

  /** Port of the door for local programs; undefined while it is closed. */
  get callPort(): number | undefined {
    return this.#door?.port;
  }

  /** Messages go over this connection from now on; undefined when there is none. */
  use(connection: Connection | undefined): void {
    this.#connection = connection;
    if (connection) return;
    for (const { settle } of [...this.#calls.values()]) settle(failure(502, "the connection to the cloud ended"));
  }

  /** Takes a message about routing; false when it is none. Throws ProtocolError for one that makes no sense. */
  take(message: Message<unknown> | undefined, envelope: Envelope): boolean {
    const kind: unknown = message;
    if (kind === topicRule) this.#topicRule(topicRule.read(envelope));
    else if (kind === topicPublish) this.#publish(topicPublish.read(envelope));
    else if (kind === urlRule) this.#urlRule(urlRule.read(envelope));
    else if (kind === urlReply) this.#replied(urlReply.read(envelope));
    else if (kind === serviceCall) void this.#callService(envelope);
    else return false;
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.use(undefined);
    for (const stop of this.#topics.values()) stop();
    this.#topics.clear();
    await this.#door?.[Symbol.asyncDispose]();
  }

  #topicRule({ operation, topic }: ReturnType<typeof topicRule.read>): void {
    if (operation === "unsubscribe") {
      const stop = this.#topics.get(topic);
      if (!stop) return;
      stop();
      this.#topics.delete(topic);
    } else if (!this.#topics.has(topic) && !this.#forward(topic)) return;
    this.#store();
  }

  /** Whether a topic is forwarded from now on. */
  #forward(resource: string): boolean {
    const { bus, log } = this.#parts;
    const [namespace, topic] = split(resource);
    const reason =
      bus === undefined
        ? "this node has no message bus"
        : topic === "" || topic.startsWith("$")
          ? "it belongs to the agent, or is none"
          : this.#topics.size >= mostWishes
            ? `there are ${mostWishes} already`
            : undefined;
    if (reason !== undefined || !bus) {
      log.warn("topic of a rule is not forwarded", { topic: resource, reason });
      return false;
    }
    const stop = bus.subscribe(topic, (message) => {
      this.#upload(`${namespace}/${message.topic}`, message.payload);
      return undefined;
    });
    this.#topics.set(resource, stop);
    return true;
  }

  /** A message that comes while there is no connection is lost, as with EdgeCore: it may be old when there is one. */
  #upload(topic: string, payload: Uint8Array): void {
    if (payload.length > longestUpload) {
      return this.#parts.log.warn("message is too long for the cloud", {
        topic,
        bytes: payload.length,
        longest: longestUpload,
      });
    }
    this.#connection?.send(topicUpload, { topic, payload: Buffer.from(payload).toString("utf8") });
  }

  #publish({ topic, payload }: ReturnType<typeof topicPublish.read>): void {
    const { bus, log } = this.#parts;
    // Desired values come with the device; this way nobody could say who wanted them.
    const isOurs = topic === "" || topic.startsWith("$") || /[+#\0]/.test(topic);
    if (isOurs || !bus)
      return log.warn("message of a rule is not published", {
        topic,
        reason: bus ? "not a topic for rules" : "this node has no message bus",
      });
    bus.publish(topic, payload, { qos: 1 });
  }

  #urlRule({ operation, url }: ReturnType<typeof urlRule.read>): void {
    if (operation === "start") {
      if (this.#urls.has(url) || this.#urls.size >= mostWishes) return;
      this.#urls.add(url);
      this.#door?.open();
    } else {
      // CloudCore has lost a slash by then.
      const gone = [...this.#urls].filter((known) => known === url || withoutSlashes(known) === withoutSlashes(url));
      for (const known of gone) this.#urls.delete(known);
      if (gone.length === 0) return;
    }
    this.#store();
  }

  async #callService(envelope: Envelope): Promise<void> {
    const connection = this.#connection;
    if (!connection) return;
    const parentId = envelope.header.id;
    let call: ReturnType<typeof serviceCall.read>;
    try {
      call = serviceCall.read(envelope);
    } catch (error) {
      return this.#parts.log.warn("call of the cloud does not make sense", {
        resource: envelope.route.resource,
        error,
      });
    }
    const longestBytes = connection.isBridge ? longestReply.bridge : longestReply.cloudCore;
    const reply = await this.#services.call(call, { longestBytes });
    connection.send(serviceReply, { parentId, ...reply });
  }

  #call(url: string, request: string): Promise<UrlAnswer> {
    const connection = this.#connection;
    if (!this.#urls.has(url)) {
      return Promise.resolve(failure(400, `url ${url} is not allowed: make a Rule for it in the cloud`));
    }
    if (!connection) return Promise.resolve(failure(503, "this node is not connected to its cloud"));
    if (this.#calls.size >= mostCalls) return Promise.resolve(failure(429, `${mostCalls} calls are open`));
    return new Promise((resolve) => {
      const id = connection.send(urlCall, { url, request });
      const settle = (answer: UrlAnswer) => {
        this.#calls.get(id)?.timer[Symbol.dispose]();
        this.#calls.delete(id);
        resolve(answer);
      };
      const timer = this.#parts.clock.after(callMs, () => settle(failure(504, `no answer within ${callMs / 1000} s`)));
      this.#calls.set(id, { timer, settle });
    });
  }

  #replied({ parentId, text }: ReturnType<typeof urlReply.read>): void {
    this.#calls.get(parentId)?.settle({ code: 200, msg: "receive response from cloud successfully", body: text });
  }

  #store(): void {
    try {
      writeWishes(this.#file, { topics: [...this.#topics.keys()], urls: [...this.#urls] });
    } catch (error) {
      this.#parts.log.warn("rules of the cloud are not stored; they are gone after a restart", { error });
    }
  }
}

/** `default/a/b` is topic `a/b` of a rule in namespace `default`. */
function split(resource: string): readonly [namespace: string, topic: string] {
  const at = resource.indexOf("/");
  return at < 0 ? [resource, ""] : [resource.slice(0, at), resource.slice(at + 1)];
}

const withoutSlashes = (url: string): string => url.replaceAll("/", "");
const failure = (code: number, msg: string): UrlAnswer => ({ code, msg, body: "" });
