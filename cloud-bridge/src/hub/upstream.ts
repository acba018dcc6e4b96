import {
  type AnswerResult,
  answer,
  confirmation,
  type Message,
  type ObjectRequest,
  type StateReport,
  type TwinReport,
  type UrlCall,
  urlReply,
} from "@edgetwin/cloud-protocol";
import type { Delivery } from "./delivery.ts";
import type { HubContext } from "./hub-context.ts";
import { answerTo, forbidden, mayAsk, resourceVersionOf } from "./object-requests.ts";
import type { ReportOrder } from "./report-order.ts";
import { deviceKey } from "./wanted-facts.ts";

/** The session that the messages of a node come from. */
export interface UpstreamOptions {
  readonly node: string;
  readonly order: ReportOrder;
  readonly delivery: Delivery;
  send<T>(message: Message<T>, value: T): string;
}

/** Answers that carry an object are deliveries as well; so many are remembered until they are acknowledged. */
const mostAnswers = 64;

/** Most reports of a node that are being stored: one for each device of a large node. */
const mostUnconfirmed = 1024;

/** Most calls of URLs that one node has open. */
const mostCalls = 16;

/** What a node says, brought to the controllers and answered. Each method that returns a job leaves the turn to its caller. */
export class Upstream {
  readonly #context: HubContext;
  readonly #options: UpstreamOptions;
  readonly #answers = new Map<string, { readonly key: string; readonly version: string; readonly uid: string }>();
  #calls = 0;
  #unconfirmed = 0;

  constructor(context: HubContext, options: UpstreamOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** An acknowledgement, of an object or of an answer with one. */
  acknowledged(id: string): void {
    const { delivery } = this.#options;
    const answered = this.#answers.get(id);
    if (!answered) return delivery.acknowledged(id);
    this.#answers.delete(id);
    // What the node is not meant to hold is none of the delivery's business: it would take it away again.
    if (this.#context.content.objectsOf(this.#options.node).has(answered.key)) delivery.holds(answered.key, answered);
  }

  /** The edge asks for its devices, as EdgeCore does after every connect: confirmed, or it would ask for ever. */
  listDevices(id: string): void {
    this.#options.send(confirmation, { parentId: id });
    this.#options.delivery.list();
  }

  /** There is no authority of Kubernetes behind the bridge; CloudCore without one answers with an empty text too. */
  authority(id: string): void {
    this.#options.send(answer, { parentId: id, resource: "k8s/ca.crt", result: { ok: true, text: "" } });
  }

  twin(id: string, report: TwinReport): () => Promise<void> {
    return async () => {
      const device = this.#ownDevice(report);
      if (device === undefined) return;
      const { node, order } = this.#options;
      const news = order.news(device, report);
      if (!news) return this.#confirmStale(id);
      this.#store(id, async () => {
        order.taken(device, news);
        // Nothing in it, nothing to store.
        if (news.twin.size > 0) await this.#context.events.report(node, news);
      });
    };
  }

  state(id: string, report: StateReport): () => Promise<void> {
    return async () => {
      const device = this.#ownDevice(report);
      if (device === undefined) return;
      const { node, order } = this.#options;
      if (!order.isStateNews(device, report)) return this.#confirmStale(id);
      this.#store(id, async () => {
        order.taken(device, report);
        await this.#context.events.state(node, report);
      });
    };
  }

  request(id: string, request: ObjectRequest): () => Promise<void> {
    return async () => {
      const { node, send } = this.#options;
      this.#context.counters.requests += 1;
      const result = mayAsk(node, request) ? await this.#ask(request) : forbidden(node, request);
      const answered = answerTo(id, request, result);
      const sent = send(answer, answered);
      if (result.ok && result.object) this.#remember(sent, answered.resource, result.object);
    };
  }

  call(id: string, call: UrlCall): () => Promise<void> {
    return async () => {
      const { node, send } = this.#options;
      if (this.#calls >= mostCalls)
        return this.#context.log.warn("call refused", { node, url: call.url, open: this.#calls });
      this.#calls += 1;
      try {
        const text = await this.#context.events.call(node, call);
        send(urlReply, { parentId: id, text });
      } catch (error) {
        this.#context.log.warn("call failed", { node, url: call.url, error });
      } finally {
        this.#calls -= 1;
      }
    };
  }

  /** Key of a device that is the node's, or undefined: CloudCore lets any node report any device. */
  #ownDevice(report: TwinReport | StateReport): string | undefined {
    const { node } = this.#options;
    const key = deviceKey(report);
    if (this.#context.content.objectsOf(node).has(key)) return key;
    this.#context.counters.foreignReports += 1;
    this.#context.log.debug("report about a device of others", { node, device: key });
    return undefined;
  }

  /**
   * Has a report stored, and confirms it when it is. Controllers take reports in their order, at once, and may store them
   * together later: one that waits holds up none behind it. One that cannot be stored stays unconfirmed, and so does one
   * too many; the edge sends them again.
   */
  #store(id: string, store: () => Promise<void>): void {
    const { counters, log } = this.#context;
    const { node, send } = this.#options;
    if (this.#unconfirmed >= mostUnconfirmed) {
      counters.failedReports += 1;
      log.warn("report not taken", { node, unconfirmed: this.#unconfirmed });
      return;
    }
    this.#unconfirmed += 1;
    store()
      .then(
        () => {
          counters.storedReports += 1;
          send(confirmation, { parentId: id });
        },
        (error: unknown) => {
          counters.failedReports += 1;
          log.warn("report not stored", { node, error });
        },
      )
      .finally(() => {
        this.#unconfirmed -= 1;
      });
  }

  #confirmStale(id: string): void {
    this.#context.counters.staleReports += 1;
    this.#options.send(confirmation, { parentId: id });
  }

  async #ask(request: ObjectRequest): Promise<AnswerResult> {
    const { node } = this.#options;
    try {
      return await this.#context.events.request(node, request);
    } catch (error) {
      this.#context.log.warn("request failed", { node, path: request.path, error });
      const message = "the bridge could not answer; its log says why";
      return { ok: false, reason: "InternalError", code: 500, message };
    }
  }

  #remember(id: string, key: string, object: Readonly<Record<string, unknown>>): void {
    const version = resourceVersionOf(object);
    const uid = (object.metadata as { readonly uid?: string } | undefined)?.uid;
    const isWanted = /\/(?:configmap|secret|node)\//.test(key);
    if (version === undefined || uid === undefined || !isWanted) return;
    this.#answers.set(id, { key, version, uid });
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > mostAnswers && oldest !== undefined) this.#answers.delete(oldest);
  }
}
