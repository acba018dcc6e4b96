import { type Envelope, formatEnvelope, type Message, parseEnvelope } from "@edgetwin/cloud-protocol";
import { silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import type { EdgeLink } from "../edge-link.ts";
import type { HubContext } from "../hub-context.ts";
import { newCounters } from "../hub-counters.ts";
import { defaultLimits, type HubLimits } from "../limits.ts";
import { NodeMemories } from "../node-memory.ts";
import { Session } from "../session.ts";
import { MemoryContent, MemoryEvents } from "./memory-nodes.ts";

/** The edge's end of a session without a network: what came, and how the hub ended it. */
export class MemoryLink implements EdgeLink {
  readonly frames: Envelope[] = [];
  readonly texts: string[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  isPaused = false;

  get isClosed(): boolean {
    return this.closed !== undefined;
  }

  bufferedBytes = 0;

  send(text: string): void {
    this.texts.push(text);
    this.frames.push(parseEnvelope(text));
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  close(code: number, reason: string): void {
    this.closed = { code, reason };
  }
}

/** One node's session over a memory link, with everything around it in a test's hands. */
export function sessionRig(limits: Partial<HubLimits> = {}) {
  const clock = new ManualClock();
  const content = new MemoryContent();
  const events = new MemoryEvents();
  const memories = new NodeMemories();
  const counters = newCounters();
  const context: HubContext = {
    content,
    events,
    clock,
    log: silentLog,
    limits: { ...defaultLimits, ...limits },
    counters,
  };
  let messages = 0;

  /** Connects node `n`; an earlier session of it ends. */
  const connect = ({ fingerprint = "first", expiresAt = Number.POSITIVE_INFINITY, node = "n" } = {}) => {
    const link = new MemoryLink();
    const session = new Session(context, { node, link, memory: memories.of(node, fingerprint), expiresAt });
    const unsubscribe = content.subscribe((changed, key) => {
      if (changed === node) session.delivery.changed(key);
    });
    session.delivery.start();
    const receive = (envelope: Envelope) => session.receive(formatEnvelope(envelope));
    return {
      link,
      session,
      receive,
      /** Says something as an edge would; returns the identity of the message. */
      say<T>(message: Message<T>, value: T, timestamp = clock.now()): string {
        messages += 1;
        const id = `up-${messages}`;
        receive(message.write(value, { id, timestamp }));
        return id;
      },
      /** Acknowledges a message of the hub. */
      acknowledge(frame: Envelope | undefined): void {
        const parentId = frame?.header.id ?? "";
        const route = { source: "meta", group: "twin", operation: "response", resource: frame?.route.resource ?? "" };
        receive({ header: { id: `ack-${parentId}`, parentId, timestamp: clock.now() }, route, content: "OK" });
      },
      /** What came since the last call, without membership unless it is asked for. */
      taken({ hints = false } = {}): Envelope[] {
        const taken = link.frames.splice(0);
        return hints ? taken : taken.filter(({ route }) => !route.resource.startsWith("membership"));
      },
      leave(): void {
        unsubscribe();
        session.ended();
      },
    };
  };

  /** Lets time pass, with the session's ticks. */
  const pass = async (edge: { readonly session: Session }, seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      await clock.advance(1000);
      edge.session.tick();
    }
  };
  return { clock, content, events, counters, memories, connect, pass };
}

/** What a frame of the hub does, as `insert default/device/a`. */
export const said = ({ route }: Envelope): string => `${route.operation} ${route.resource}`;
