import { X509Certificate } from "node:crypto";
import { type Clock, delay, type Log } from "@edgetwin/mapper-sdk";
import { type Backoff, backoffMs } from "../backoff.ts";
import type { Core } from "../core.ts";
import { AgentError } from "../errors.ts";
import { fetchCertificate } from "./certificates/certificate-service.ts";
import { lifetimeOf, renewalAt, trustedNow } from "./certificates/lifetime.ts";
import type { CloudStatus } from "./cloud-status.ts";
import { Downstream } from "./down/downstream.ts";
import { RefusedObjects } from "./down/refused-objects.ts";
import { formatEndpoint } from "./endpoint.ts";
import type { Identity, KeyPair } from "./identity.ts";
import { refusedFile, writeIdentity } from "./identity-file.ts";
import type { ReferenceStore } from "./references/reference-store.ts";
import { Routing, type RoutingParts } from "./routing/routing.ts";
import { Connection } from "./session/connection.ts";
import { openSocket } from "./session/open-socket.ts";
import { Session } from "./session/run-session.ts";
import type { Reporter } from "./up/reporter.ts";

/** What Rules of the cloud may do here. */
export type CloudRouting = Omit<RoutingParts, "stateDirectory" | "clock" | "log">;

/** What the link to a cloud is made of. */
export interface LinkParts {
  readonly core: Core;
  readonly identity: Identity;
  readonly stateDirectory: string;
  readonly random: () => number;
  readonly reportMs: number;
  readonly register: boolean;
  readonly references: ReferenceStore;
  readonly routing: CloudRouting;
  readonly signal: AbortSignal;
}

/** The first try comes fast, since most breaks are short; the cap spreads a fleet after a long one. */
const reconnects: Backoff = { firstMs: 500, capMs: 60_000 };
/** How often an expired certificate or a certificate that is due is looked at: the wall clock may jump meanwhile. */
const lookMs = 600_000;
/** The known time is stored when it moved on by this much: the card should not be written for it every hour. */
const knownStepMs = 86_400_000;

type Shown = Pick<CloudStatus, "state" | "reason" | "since" | "retryInMs" | "peer">;

/** The connection to the cloud that this node joined, from connect to connect, until `signal` aborts. */
export class CloudLink {
  readonly #parts: LinkParts;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #refused: RefusedObjects;
  readonly #renewal: number;
  #identity: Identity;
  #reporter: Reporter | undefined;
  #routing: Routing | undefined;
  #connection: Connection | undefined;
  #confirmed = 0;
  #connects = 0;
  #failures = 0;
  #usePrevious = false;
  /** The pair of the last try to connect. */
  #tried: KeyPair | undefined;
  #shown: Shown;

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#clock = parts.core.clock;
    this.#log = parts.core.log;
    this.#identity = parts.identity;
    this.#refused = new RefusedObjects(refusedFile(parts.stateDirectory), this.#log);
    this.#renewal = parts.random();
    this.#shown = { state: "connecting", since: this.#clock.now() };
  }

  /** Whether it works with this identity already. */
  holds({ certificate, node, server }: Identity): boolean {
    const ours = this.#identity;
    return (
      certificate === ours.certificate && node === ours.node && formatEndpoint(server) === formatEndpoint(ours.server)
    );
  }

  /** Where programs of this machine call URLs of the cloud; undefined while they may not. */
  get callPort(): number | undefined {
    return this.#routing?.callPort;
  }

  status(): CloudStatus {
    const { node, server } = this.#identity;
    return {
      ...this.#shown,
      ...{ node, server: formatEndpoint(server), certificateExpiresAt: lifetimeOf(this.#identity).to },
      connects: this.#connects,
      reportsConfirmed: this.#confirmed + (this.#reporter?.confirmed ?? 0),
      devicesWaiting: this.#reporter?.waiting ?? 0,
      refusedObjects: this.#refused.all().length,
    };
  }

  /** Never rejects for anything the cloud or the network does. */
  async run(): Promise<void> {
    const { signal } = this.#parts;
    const { stateDirectory, routing } = this.#parts;
    const common = { stateDirectory, clock: this.#clock, log: this.#log };
    await using router = new Routing({ ...routing, ...common });
    this.#routing = router;
    const renewing = this.#renewAgainAndAgain();
    while (!signal.aborted) {
      const reason = await this.#connectOnce().catch((error: unknown) => this.#explain(error));
      this.#connection = undefined;
      if (signal.aborted) break;
      await this.#pause(reason);
    }
    await renewing;
  }

  async #connectOnce(): Promise<string> {
    const identity = this.#identity;
    const { signal, core } = this.#parts;
    const now = trustedNow(this.#clock.now(), identity);
    if (now - this.#clock.now() > knownStepMs) {
      this.#log.warn("the clock is behind what is known for sure; certificates are judged by that", {
        known: new Date(now).toISOString(),
      });
    }
    const pair = this.#chosen();
    this.#tried = pair;
    const { to } = lifetimeOf(pair);
    if (now > to) {
      throw new AgentError(
        "CLOUD_IDENTITY",
        `the certificate of this node expired on ${new Date(to).toISOString()}; join again with "edgetwin join"`,
      );
    }
    if (this.#shown.state !== "waiting") this.#show({ state: "connecting" });
    const { socket, isBridge } = await openSocket({ identity, pair, now, clock: this.#clock, signal });
    this.#connects++;
    let session: Session | undefined;
    const onMessage = (envelope: Parameters<Session["take"]>[0]) => session?.take(envelope);
    const connection = new Connection({ socket, isBridge, clock: this.#clock, log: this.#log, onMessage });
    this.#connection = connection;
    const { random, reportMs, register, references } = this.#parts;
    const downstream = new Downstream({ core, node: identity.node, refused: this.#refused, references });
    session = new Session(connection, {
      ...{ core, node: identity.node, downstream, random, reportMs, register, references, signal },
      routing: this.#routing as Routing,
      onProven: () => this.#proven(isBridge),
      onReporter: (reporter) => {
        this.#reporter = reporter;
      },
    });
    const reason = await session.run();
    this.#confirmed += this.#reporter?.confirmed ?? 0;
    this.#reporter = undefined;
    return reason;
  }

  #chosen(): KeyPair {
    const { previous, certificate, key } = this.#identity;
    return this.#usePrevious && previous ? previous : { certificate, key };
  }

  /** The cloud answered: the session is a real one, and so are this pair and this time. */
  #proven(isBridge: boolean): void {
    if (this.#shown.state === "online") return;
    this.#failures = 0;
    const { server, node } = this.#identity;
    const peer = isBridge ? "Edgetwin bridge" : "CloudCore";
    this.#log.info("cloud connected", { server: formatEndpoint(server), node, peer });
    this.#show({ state: "online", peer });
    const now = this.#clock.now();
    const { previous, ...identity } = this.#identity;
    // The session may have begun before a renewal, with a pair that is the one before by now: that proves nothing.
    if (this.#tried?.certificate !== this.#chosen().certificate) return;
    const pair = this.#usePrevious ? previous : undefined;
    if (previous === undefined && now - identity.knownAt < knownStepMs) return;
    this.#usePrevious = false;
    this.#store({ ...identity, ...pair, knownAt: Math.max(now, identity.knownAt) });
  }

  async #pause(reason: string): Promise<void> {
    const { random, signal } = this.#parts;
    const expired = trustedNow(this.#clock.now(), this.#identity) > lifetimeOf(this.#identity).to;
    this.#failures++;
    // After a rotation the new pair and the one before take turns, until one is seen to work.
    const failed = this.#shown.state !== "online" && this.#tried?.certificate === this.#chosen().certificate;
    if (failed && this.#identity.previous) this.#usePrevious = !this.#usePrevious;
    const retryInMs = expired ? lookMs : backoffMs(reconnects, this.#failures, random);
    if (this.#shown.reason !== reason) this.#log.warn(expired ? "cloud cannot be joined" : "cloud lost", { reason });
    this.#show({ state: expired ? "stopped" : "waiting", reason, retryInMs });
    await delay(this.#clock, retryInMs, signal).catch(() => {});
  }

  async #renewAgainAndAgain(): Promise<void> {
    const { signal, random } = this.#parts;
    let failures = 0;
    while (!signal.aborted) {
      const due = renewalAt(lifetimeOf(this.#identity), this.#renewal);
      const inMs = due - trustedNow(this.#clock.now(), this.#identity);
      const waitMs =
        failures > 0 ? backoffMs({ firstMs: 2_000, capMs: lookMs }, failures, random) : Math.min(inMs, lookMs);
      if (waitMs > 0) await delay(this.#clock, waitMs, signal).catch(() => {});
      if (signal.aborted) return;
      if (trustedNow(this.#clock.now(), this.#identity) < due) continue;
      try {
        await this.#renew();
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        this.#log.warn("certificate not renewed; tried again", { error });
      }
    }
  }

  async #renew(): Promise<void> {
    const { signal } = this.#parts;
    const identity = this.#identity;
    const authority = new X509Certificate(identity.authority);
    const now = trustedNow(this.#clock.now(), identity);
    const { certificate, key } = identity;
    const asking = { endpoint: identity.certificates, clock: this.#clock, now, signal };
    const pair = await fetchCertificate(identity.node, {
      ...asking,
      authority,
      credential: { pair: { certificate, key } },
    });
    if (!this.#store({ ...identity, ...pair, previous: { certificate, key } })) return;
    this.#log.info("certificate renewed", { expires: new Date(lifetimeOf(pair).to).toISOString() });
    this.#connection?.close("the certificate was renewed");
  }

  /** @returns whether it is on the disk; what is not must not be used, for it would be gone after the next start. */
  #store(identity: Identity): boolean {
    try {
      writeIdentity(this.#parts.stateDirectory, identity);
      this.#identity = identity;
      return true;
    } catch (error) {
      this.#log.error("identity not stored", { error });
      return false;
    }
  }

  #explain(error: unknown): string {
    if (!(error instanceof AgentError) && !this.#parts.signal.aborted)
      this.#log.error("the link to the cloud failed", { error });
    return error instanceof Error ? error.message : String(error);
  }

  #show(shown: Omit<Shown, "since">): void {
    this.#shown = { ...shown, since: this.#clock.now() };
  }
}
