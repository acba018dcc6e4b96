import { randomUUID } from "node:crypto";
import {
  cloudHub,
  type Message,
  membership,
  membershipDetail,
  type ObjectChange,
  objectChange,
  parseObjectPath,
} from "@edgetwin/cloud-protocol";
import type { HeldObject } from "./node-memory.ts";
import type { WantedObject } from "./node-port.ts";
import { memberOf, modelKeyOf, uidOf } from "./wanted-facts.ts";

/** What a delivery needs of its session. */
export interface DeliveryPort {
  /** What the node should hold now. */
  wanted(): ReadonlyMap<string, WantedObject>;
  /** Sends a message and returns its identity, which is `id` for one that is sent again. */
  send<T>(message: Message<T>, value: T, id?: string): string;
  /** Milliseconds since 1970, and milliseconds that never jump back. */
  time(): { readonly wall: number; readonly monotonic: number };
  /** Whether the edge takes no more for now. */
  isCongested(): boolean;
  /** The edge acknowledged this version of an object. */
  stored(key: string, version: string): void;
  /** An object was sent; `again` when it was not acknowledged before. */
  sent(again: boolean): void;
}

/** An object that was sent and not acknowledged. Its content is not kept: a resend takes what is wanted then. */
interface Flight {
  readonly id: string;
  /** Undefined for a deletion. */
  readonly version: string | undefined;
  readonly uid: string;
  readonly sentAt: number;
  readonly attempts: number;
}

const longestPauseMs = 300_000;

/** How long an object waits before it is sent again: CloudCore's 5 s a few times, then ever longer. */
const pauseAfter = (attempts: number): number =>
  Math.min(longestPauseMs, cloudHub.resendMs * 2 ** Math.max(0, attempts - cloudHub.sendAttempts));

/**
 * Brings a node to what it should hold. Level-based: compares what is wanted with what the edge acknowledged and sends
 * the newest version only. Of an object one message is under way; one that is not acknowledged holds up no other.
 */
export class Delivery {
  readonly #port: DeliveryPort;
  readonly #held: Map<string, HeldObject>;
  readonly #mostInFlight: number;
  /** Objects of which the edge may not hold what is wanted. */
  readonly #open = new Set<string>();
  readonly #flights = new Map<string, Flight>();
  /** Key of each flight by the identity of its message. */
  readonly #keys = new Map<string, string>();
  /** Devices that the full list told of and that were not stored yet: they need no hint of their own. */
  readonly #listed = new Set<string>();

  constructor(
    port: DeliveryPort,
    { held, inFlight }: { readonly held: Map<string, HeldObject>; readonly inFlight: number },
  ) {
    this.#port = port;
    this.#held = held;
    this.#mostInFlight = inFlight;
  }

  /** Whether the edge holds everything that it should. */
  get isSettled(): boolean {
    return this.#open.size === 0;
  }

  /** Lists the devices of the node, and sends what the edge lacks. */
  start(): void {
    this.list();
    for (const [key, object] of this.#port.wanted()) {
      if (object.path.type === "device" && !this.#held.get(key)?.version) this.#listed.add(key);
      this.#open.add(key);
    }
    for (const key of this.#held.keys()) this.#open.add(key);
    this.run();
  }

  /** Sends the full list of devices, by which an edge mends its own. */
  list(): void {
    const devices = [...this.#port.wanted().values()].flatMap((object) => memberOf(object) ?? []);
    this.#port.send(membershipDetail, { timestamp: this.#port.time().wall, devices });
  }

  /** An object of the node changed, came or went. */
  changed(key: string): void {
    this.#open.add(key);
    this.run();
  }

  /** The edge acknowledged a message. Nothing happens when it is none of an object, or an older one. */
  acknowledged(id: string): void {
    const key = this.#keys.get(id);
    const flight = key === undefined ? undefined : this.#flights.get(key);
    if (key === undefined || flight === undefined) return;
    this.#flights.delete(key);
    this.#keys.delete(id);
    if (flight.version === undefined) this.#held.delete(key);
    else this.holds(key, { version: flight.version, uid: flight.uid });
    this.run();
  }

  /** The edge holds this version of an object now. */
  holds(key: string, object: HeldObject): void {
    this.#held.set(key, object);
    this.#listed.delete(key);
    this.#port.stored(key, object.version);
  }

  /** Sends what is due. Costs nothing while nothing is open. */
  run(): void {
    if (this.#open.size === 0) return;
    const wanted = this.#port.wanted();
    const { monotonic: now } = this.#port.time();
    let inFlight = 0;
    for (const { sentAt } of this.#flights.values()) if (now - sentAt < cloudHub.resendMs) inFlight += 1;
    const lastly: string[] = [];
    for (const key of this.#open) {
      if (inFlight >= this.#mostInFlight || this.#port.isCongested()) return;
      // A model goes after the devices that used it.
      if (!wanted.has(key) && parseObjectPath(key)?.type === "devicemodel") lastly.push(key);
      else if (this.#bring(key, wanted, now)) inFlight += 1;
    }
    for (const key of lastly) this.#bring(key, wanted, now);
  }

  /** Sends one object when it is due; tells whether it did. */
  #bring(key: string, wanted: ReadonlyMap<string, WantedObject>, now: number): boolean {
    const held = this.#held.get(key);
    const flight = this.#flights.get(key);
    const object = wanted.get(key);
    // One that was made anew under its old name: the old one goes first, so that its driver closes.
    const target = object && (held === undefined || held.uid === uidOf(object)) ? object : undefined;
    const edge = held ?? flight;
    if (!flight && (target ? held?.version === target.resourceVersion : edge === undefined)) {
      this.#open.delete(key);
      return false;
    }
    const isSame = flight !== undefined && flight.version === target?.resourceVersion;
    const pause = isSame ? pauseAfter(flight.attempts) : cloudHub.resendMs;
    if (flight && now - flight.sentAt < pause) return false;
    const model = target && modelKeyOf(target);
    if (model !== undefined && this.#isComing(model, now)) return false;
    if (flight) this.#keys.delete(flight.id);
    const { id, uid } = this.#send({ key, edge, object: target, again: isSame ? flight.id : undefined });
    const attempts = isSame ? flight.attempts + 1 : 1;
    this.#flights.set(key, { id, uid, version: target?.resourceVersion, sentAt: now, attempts });
    this.#keys.set(id, key);
    this.#port.sent(flight !== undefined);
    return true;
  }

  /** Whether a model is on its way and a device should wait for it: not for longer than until it is sent again. */
  #isComing(key: string, now: number): boolean {
    const flight = this.#flights.get(key);
    if (flight) return flight.attempts === 1 && now - flight.sentAt < cloudHub.resendMs;
    const wanted = this.#port.wanted().get(key);
    return wanted !== undefined && this.#open.has(key) && this.#held.get(key)?.version !== wanted.resourceVersion;
  }

  #send(job: {
    readonly key: string;
    readonly edge: { readonly uid: string } | undefined;
    readonly object: WantedObject | undefined;
    readonly again: string | undefined;
  }): { readonly id: string; readonly uid: string } {
    const { key, edge, object, again } = job;
    const path = parseObjectPath(key);
    if (!path) throw new TypeError(`${key} is no path of an object`);
    // EdgeCore hands to its drivers only what comes from there.
    const origin = path.type === "device" || path.type === "devicemodel" ? "devicecontroller" : "edgecontroller";
    if (object) {
      const member = memberOf(object);
      if (member && !edge && !this.#listed.has(key)) this.#announce("added", member);
      const change: ObjectChange = {
        operation: this.#held.get(key)?.version || origin === "edgecontroller" ? "update" : "insert",
        path,
        origin,
        object: object.object,
        resourceVersion: object.resourceVersion,
      };
      const uid = uidOf(object);
      // The edge may store it and the acknowledgement be lost: then it has to be taken away again, some day.
      if (!this.#held.has(key)) this.#held.set(key, { version: "", uid });
      return { id: this.#port.send(objectChange, change, again), uid };
    }
    const uid = edge?.uid ?? "";
    const { namespace, name } = path;
    const metadata = { name, ...(namespace !== undefined && { namespace }), uid };
    const id = this.#port.send(objectChange, { operation: "delete", path, origin, object: { metadata } }, again);
    if (path.type === "device" && again === undefined) this.#announce("removed", { id: `${namespace}/${name}`, name });
    return { id, uid };
  }

  #announce(what: "added" | "removed", member: { readonly id: string; readonly name: string }): void {
    const hint = { eventId: randomUUID(), timestamp: this.#port.time().wall, added: [], removed: [] };
    this.#port.send(membership, { ...hint, [what]: [member] });
  }
}
