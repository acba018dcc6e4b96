import {
  acknowledgement,
  answer,
  confirmation,
  type Envelope,
  type Message,
  membershipDetail,
  messageOf,
  objectChange,
  ProtocolError,
  refusal,
  wantsAcknowledgement,
} from "@edgetwin/cloud-protocol";
import { linkSignals } from "@edgetwin/mapper-sdk";
import type { Core } from "../../core.ts";
import { AgentError } from "../../errors.ts";
import type { Downstream } from "../down/downstream.ts";
import { keepNode } from "../node/node-keeper.ts";
import { askForReferences } from "../references/ask-for-references.ts";
import type { ReferenceStore } from "../references/reference-store.ts";
import type { Routing } from "../routing/routing.ts";
import { Reporter } from "../up/reporter.ts";
import type { Connection } from "./connection.ts";
import { Requests } from "./requests.ts";

/** What a session works with. */
export interface SessionParts {
  readonly core: Core;
  readonly node: string;
  readonly downstream: Downstream;
  readonly references: ReferenceStore;
  readonly routing: Routing;
  readonly random: () => number;
  readonly reportMs: number;
  readonly register: boolean;
  readonly signal: AbortSignal;
  readonly onProven: () => void;
  readonly onReporter: (reporter: Reporter) => void;
}

/** Messages that wait for the disk before the connection is read no further. */
const mostWaiting = 64;

/** Everything between a connection that is open and its end; opened paused, since `connection.resume` begins it. */
export class Session {
  readonly #parts: SessionParts;
  readonly #connection: Connection;
  readonly #requests: Requests;
  /** Changes are applied one after the other, as they came. */
  #turn: Promise<void> = Promise.resolve();
  readonly #working = new Set<string>();
  #reporter: Reporter | undefined;

  constructor(connection: Connection, parts: SessionParts) {
    this.#parts = parts;
    this.#connection = connection;
    this.#requests = new Requests(connection, parts.core.clock);
  }

  /** Resolves with the reason when the connection is over. */
  async run(): Promise<string> {
    const { core, random, reportMs: everyMs, node, register, onProven } = this.#parts;
    const connection = this.#connection;
    const over = new AbortController();
    using linked = linkSignals(over.signal, this.#parts.signal);
    const onAbort = () => connection.close("the agent stops");
    if (linked.signal.aborted) onAbort();
    else linked.signal.addEventListener("abort", onAbort, { once: true });
    await using reporter = new Reporter({ core, connection, random, everyMs });
    this.#reporter = reporter;
    this.#parts.onReporter(reporter);
    const ask = this.#requests.ask.bind(this.#requests);
    const { clock, log } = core;
    const keeping = keepNode({ node, register, ask, clock, log, signal: linked.signal, onProven }).then((reason) => {
      if (reason !== undefined) connection.close(reason);
    });
    this.#parts.routing.use(connection);
    const { references } = this.#parts;
    const stopAsking = askForReferences({ core, references, ask, onlyMissing: connection.isBridge });
    connection.resume();
    const reason = await connection.closed;
    this.#parts.routing.use(undefined);
    stopAsking();
    over.abort();
    this.#requests[Symbol.dispose]();
    await keeping;
    await this.#turn;
    return reason;
  }

  /** Takes one message of the cloud. */
  take(envelope: Envelope): void {
    const message = messageOf("cloud", envelope);
    if (is(message, confirmation)) this.#reporter?.confirm(envelope.header.parentId ?? "");
    else if (is(message, answer)) this.#requests.take(envelope);
    else if (is(message, objectChange)) return this.#later(envelope, () => this.#parts.downstream.take(envelope));
    else if (this.#route(message, envelope)) return;
    else if (is(message, membershipDetail)) return this.#later(envelope, () => this.#prune(envelope));
    if (wantsAcknowledgement(envelope)) this.#acknowledge(envelope);
  }

  /** Whether it was a message of a rule; one that makes no sense costs itself only. */
  #route(message: Message<unknown> | undefined, envelope: Envelope): boolean {
    try {
      return this.#parts.routing.take(message, envelope);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#parts.core.log.warn("message of a rule does not make sense", { resource: envelope.route.resource, error });
      return true;
    }
  }

  #later(envelope: Envelope, action: () => Promise<void>): void {
    const { id } = envelope.header;
    // The cloud sends again what takes us longer than 5 s; it is being worked on already.
    if (this.#working.has(id)) return;
    this.#working.add(id);
    if (this.#working.size === mostWaiting) this.#connection.pause();
    this.#turn = this.#turn.then(() => this.#done(envelope, action));
  }

  async #done(envelope: Envelope, action: () => Promise<void>): Promise<void> {
    const { id } = envelope.header;
    const { resource } = envelope.route;
    try {
      await action();
      if (wantsAcknowledgement(envelope)) this.#acknowledge(envelope);
    } catch (error) {
      const { log } = this.#parts.core;
      if (error instanceof ProtocolError) {
        log.warn("message of the cloud does not make sense", { resource, error });
        // Sent again it would make no more sense.
        if (wantsAcknowledgement(envelope)) this.#acknowledge(envelope);
      } else {
        const reason = error instanceof AgentError ? error.message : "the agent could not store it";
        log.error("object of the cloud not stored; it is sent again", { resource, error });
        this.#connection.send(refusal, { parentId: id, resource, reason });
      }
    } finally {
      this.#working.delete(id);
      if (this.#working.size === mostWaiting - 1) this.#connection.resume();
    }
  }

  async #prune(envelope: Envelope): Promise<void> {
    const { devices } = membershipDetail.read(envelope);
    await this.#parts.downstream.prune(new Set(devices.map(({ id }) => id)));
  }

  #acknowledge({ header, route }: Envelope): void {
    if (header.id === "") return;
    this.#connection.send(acknowledgement, { parentId: header.id, resource: route.resource });
  }
}

const is = (message: Message<unknown> | undefined, kind: unknown): boolean => message === kind;
