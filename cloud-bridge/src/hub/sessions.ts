import { silentLog, systemClock, type Timer } from "@edgetwin/mapper-sdk";
import type { WebSocket } from "ws";
import type { Authority } from "../certificates/authority.ts";
import { type ArrivingCertificate, admit } from "./admission.ts";
import { closeCodes } from "./close-codes.ts";
import type { EdgeListener } from "./edge-listener.ts";
import type { HubContext } from "./hub-context.ts";
import { newCounters } from "./hub-counters.ts";
import type { HubOptions } from "./hub-options.ts";
import { defaultLimits } from "./limits.ts";
import { NodeMemories } from "./node-memory.ts";
import { Session } from "./session.ts";
import { webSocketLink } from "./web-socket-link.ts";

const tickMs = 1_000;
const renewMs = 60_000;

/** The time over which edges come back after a restart: 100 handshakes a second are no storm. */
const returnsPerSecond = 100;

/** The sessions of a hub: one for each connected node. */
export class Sessions {
  readonly context: HubContext;
  readonly #authority: Authority;
  readonly #nodeAuthorization: boolean;
  readonly #sessions = new Map<
    string,
    { readonly session: Session; readonly from: number; readonly closed: Promise<void> }
  >();
  readonly #memories = new NodeMemories();

  constructor(options: HubOptions) {
    const {
      authority,
      content,
      events,
      clock = systemClock,
      log = silentLog,
      limits,
      nodeAuthorization = true,
    } = options;
    this.#authority = authority;
    this.#nodeAuthorization = nodeAuthorization;
    this.context = { content, events, clock, log, limits: { ...defaultLimits, ...limits }, counters: newCounters() };
  }

  nodes(): readonly string[] {
    return [...this.#sessions.keys()];
  }

  of(node: string): Session | undefined {
    return this.#sessions.get(node)?.session;
  }

  /** What is known of a node's objects is no longer sure: everything that it should hold is sent again. */
  doubt(node: string): void {
    this.#memories.doubt(node);
    this.of(node)?.delivery.start();
  }

  admit(arrival: Parameters<typeof admit>[0]) {
    const { clock, limits } = this.context;
    return admit(arrival, {
      now: clock.now(),
      nodeAuthorization: this.#nodeAuthorization,
      isFull: this.#sessions.size >= limits.sessions,
      isRevoked: (node, from) => this.#authority.revocations.isRevoked(node, from),
    });
  }

  connected(socket: WebSocket, node: string, { fingerprint, from, until }: ArrivingCertificate): void {
    const { clock, counters, events, log } = this.context;
    const link = webSocketLink(socket, clock);
    const earlier = this.of(node);
    if (earlier) {
      counters.replacedSessions += 1;
      earlier.close(closeCodes.replaced, "another connection of this node took over; is its name used twice?");
      this.#ended(node, earlier, "replaced");
    }
    const session = new Session(this.context, {
      node,
      link,
      memory: this.#memories.of(node, fingerprint),
      expiresAt: until,
    });
    const closed = new Promise<void>((resolve) => {
      socket.on("close", (code) => {
        this.#ended(node, session, `closed with ${code}`);
        resolve();
      });
    });
    socket.on("message", (data) => session.receive(String(data)));
    // Always followed by a close; a frame that is too long or broken ends up here.
    socket.on("error", (error) => log.info("connection failed", { node, error }));
    counters.connections += 1;
    this.#sessions.set(node, { session, from, closed });
    log.info("node connected", { node });
    events.connected(node);
    session.delivery.start();
  }

  /** Starts what happens by itself; returns how to stop it. */
  start(listener: EdgeListener): () => void {
    const { clock, content, log } = this.context;
    const timers = new Map<number, Timer>();
    const every = (ms: number, action: () => void) => {
      const next = () => {
        timers.set(ms, clock.after(ms, next, { background: true }));
        action();
      };
      timers.set(ms, clock.after(ms, next, { background: true }));
    };
    every(tickMs, () => {
      for (const { session } of this.#sessions.values()) session.tick();
    });
    every(renewMs, () => {
      this.#renew(listener).catch((error: unknown) => log.warn("certificates not renewed", { error }));
    });
    const unsubscribe = content.subscribe((node, key) => {
      if (!content.objectsOf(node).has(key)) this.#memories.deviceGone(node, key);
      this.of(node)?.delivery.changed(key);
    });
    return () => {
      unsubscribe();
      for (const timer of timers.values()) timer[Symbol.dispose]();
    };
  }

  /** Sends everybody away, each with another time to come back, and waits until they went. */
  async close(): Promise<void> {
    const open = [...this.#sessions.values()];
    const spreadS = Math.ceil(open.length / returnsPerSecond);
    for (const [at, { session }] of open.entries()) {
      const seconds = 1 + Math.floor((at / open.length) * spreadS);
      session.close(closeCodes.restarting, `the bridge restarts; come back in ${seconds} s`);
    }
    await Promise.all(open.map(({ closed }) => closed));
  }

  /** Takes over what other replicas revoked, and a server certificate that was made anew. */
  async #renew(listener: EdgeListener): Promise<void> {
    const { revocations } = this.#authority;
    await revocations.refresh();
    for (const [node, { session, from }] of this.#sessions)
      if (revocations.isRevoked(node, from)) session.close(closeCodes.certificate, "the certificate was revoked");
    await listener.renew();
  }

  #ended(node: string, session: Session, reason: string): void {
    session.ended();
    if (this.#sessions.get(node)?.session !== session) return;
    this.#sessions.delete(node);
    this.#memories.release(node);
    this.context.log.info("node disconnected", { node, reason });
    this.context.events.disconnected(node, reason);
  }
}
