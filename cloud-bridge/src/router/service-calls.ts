import { randomUUID } from "node:crypto";
import { type ServiceCall, type ServiceReply, serviceCall } from "@edgetwin/cloud-protocol";
import type { Clock, Timer } from "@edgetwin/mapper-sdk";
import type { Hub } from "../hub/hub.ts";

/** Why a call has no reply. */
export type NoReply = "not connected" | "too many" | "no answer" | "disconnected";

interface Waiting {
  readonly node: string;
  readonly timer: Timer;
  readonly settle: (result: ServiceReply | NoReply) => void;
}

/** Most calls that one node has open: each holds a request of the REST entry. */
const mostPerNode = 32;

/** Calls of services at the edges, each with its reply. */
export class ServiceCalls implements Disposable {
  readonly #hub: () => Pick<Hub, "send"> | undefined;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();

  constructor(hub: () => Pick<Hub, "send"> | undefined, clock: Clock) {
    this.#hub = hub;
    this.#clock = clock;
  }

  /** Never rejects. */
  call(node: string, call: ServiceCall, timeoutMs: number): Promise<ServiceReply | NoReply> {
    const open = [...this.#waiting.values()].filter((waiting) => waiting.node === node).length;
    if (open >= mostPerNode) return Promise.resolve("too many");
    return new Promise((resolve) => {
      const id = randomUUID();
      const settle = (result: ServiceReply | NoReply) => {
        this.#waiting.get(id)?.timer[Symbol.dispose]();
        this.#waiting.delete(id);
        resolve(result);
      };
      this.#waiting.set(id, { node, settle, timer: this.#clock.after(timeoutMs, () => settle("no answer")) });
      if (!this.#hub()?.send(node, serviceCall, call, id)) settle("not connected");
    });
  }

  /** A reply of a node; one of another node than the one that was called is not heard. */
  reply(node: string, reply: ServiceReply): void {
    const waiting = this.#waiting.get(reply.parentId);
    if (waiting?.node === node) waiting.settle(reply);
  }

  /** What was asked on a connection that ended is not answered any more. */
  disconnected(node: string): void {
    for (const waiting of [...this.#waiting.values()]) if (waiting.node === node) waiting.settle("disconnected");
  }

  [Symbol.dispose](): void {
    for (const { settle } of [...this.#waiting.values()]) settle("disconnected");
  }
}
