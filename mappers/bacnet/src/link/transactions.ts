import type { Clock, Timer } from "@edgetwin/mapper-sdk";
import { BacnetRefusal } from "../names/refusals.ts";
import { type Apdu, decodeApdu, encodeApdu } from "../wire/apdu.ts";
import { areWellFormed, endOf, tagAt } from "../wire/tags.ts";
import { Reassembly } from "./reassembly.ts";
import { SilenceError } from "./silence.ts";
import { type Station, stationKey } from "./station.ts";

/** How long to wait and how often to ask. */
export interface Patience {
  readonly timeoutMs: number;
  /** Times that a request is repeated (Number_Of_APDU_Retries, ASHRAE 135 12.11). */
  readonly retries: number;
  readonly signal: AbortSignal;
}

/** Sends an APDU. */
export type SendApdu = (apdu: Uint8Array, to: Station, expectingReply: boolean) => Promise<void>;

interface Pending {
  receive(apdu: Apdu): void;
}

/** Segments may be longer in coming than an answer: the device repeats them by itself. */
const segmentPatience = 2;
const lastInvokeId = 255;
const outOfResources = 9;

/**
 * Requests that wait for their answers. An answer counts only when it comes from the station that was asked, with the id
 * of a request that still waits for it: what is late, doubled or misdirected is dropped.
 */
export class Transactions {
  readonly #clock: Clock;
  readonly #send: SendApdu;
  readonly #pending = new Map<string, Pending>();
  /** By station: one that answers late must not find its id in use again soon. */
  readonly #lastIds = new Map<string, number>();

  constructor(clock: Clock, send: SendApdu) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Requests under way. */
  get size(): number {
    return this.#pending.size;
  }

  /**
   * Sends a confirmed request under an id of its own and resolves with the whole answer, under the request's. Rejects
   * with a `BacnetRefusal`, a {@link SilenceError}, the signal's reason, or whatever sending fails with.
   */
  async request(to: Station, request: Uint8Array, patience: Patience): Promise<Uint8Array> {
    const decoded = decodeApdu(request);
    if (decoded?.kind !== "confirmed-request") throw new TypeError("only confirmed requests are answered");
    const station = stationKey(to);
    const invokeId = this.#freeId(station);
    const key = `${station}#${invokeId}`;
    patience.signal.throwIfAborted();
    try {
      const apdu = encodeApdu({ ...decoded, invokeId });
      const answer = await this.#answerTo({ apdu, invokeId, to, key }, patience);
      return answerAs(answer, decoded.invokeId);
    } finally {
      this.#pending.delete(key);
    }
  }

  /** Takes an answer, or part of one. */
  receive(from: Station, apdu: Apdu): void {
    if ("invokeId" in apdu) this.#pending.get(`${stationKey(from)}#${apdu.invokeId}`)?.receive(apdu);
  }

  #answerTo(
    { apdu, invokeId, to, key }: { apdu: Uint8Array; invokeId: number; to: Station; key: string },
    { timeoutMs, retries, signal }: Patience,
  ): Promise<Apdu> {
    return new Promise((resolve, reject) => {
      let timer: Timer | undefined;
      let tries = 0;
      let segments: Reassembly | undefined;
      let isWaiting = true;
      const end = (settle: () => void) => {
        isWaiting = false;
        timer?.[Symbol.dispose]();
        signal.removeEventListener("abort", onAbort);
        this.#pending.delete(key);
        settle();
      };
      const fail = (error: unknown) => end(() => reject(error));
      const onAbort = () => fail(signal.reason);
      const wait = (ms: number, then: () => void) => {
        timer?.[Symbol.dispose]();
        timer = this.#clock.after(ms, then);
      };
      const silent = () => fail(new SilenceError(tries, timeoutMs));
      const ask = () => {
        if (tries > retries) return silent();
        tries++;
        timer = undefined;
        // The time for an answer begins when the request is on its way: a socket that hangs is no silence of the device.
        this.#send(apdu, to, true).then(() => isWaiting && !timer && wait(timeoutMs, ask), fail);
      };
      const takeSegment = (answer: Apdu & { kind: "complex-ack" }) => {
        segments ??= new Reassembly();
        const { ack, whole, tooLong } = segments.take(answer.segment as never, answer.data);
        if (tooLong) {
          const abort = encodeApdu({ kind: "abort", invokeId, reason: outOfResources, fromServer: false });
          this.#send(abort, to, false).catch(() => undefined);
          return fail(new BacnetRefusal("abort", outOfResources));
        }
        wait(timeoutMs * segmentPatience, silent);
        if (ack) {
          const told = encodeApdu({ kind: "segment-ack", invokeId, fromServer: false, ...ack });
          this.#send(told, to, false).catch(fail);
        }
        if (whole) {
          const { kind, service } = answer;
          end(() => resolve({ kind, invokeId, service, data: whole }));
        }
      };
      this.#pending.set(key, {
        receive(answer) {
          if (answer.kind === "complex-ack" && answer.segment) takeSegment(answer);
          else if (answer.kind === "simple-ack" || answer.kind === "complex-ack") end(() => resolve(answer));
          else if (answer.kind === "error" || answer.kind === "reject" || answer.kind === "abort")
            fail(refusal(answer));
        },
      });
      signal.addEventListener("abort", onAbort, { once: true });
      ask();
    });
  }

  #freeId(station: string): number {
    let id = this.#lastIds.get(station) ?? 0;
    for (let tried = 0; tried < lastInvokeId; tried++) {
      id = (id % lastInvokeId) + 1;
      if (this.#pending.has(`${station}#${id}`)) continue;
      this.#lastIds.set(station, id);
      return id;
    }
    throw new SilenceError(0, 0);
  }
}

function answerAs(answer: Apdu, invokeId: number): Uint8Array {
  if (answer.kind === "complex-ack" && !areWellFormed(answer.data)) throw new Error("the answer is damaged");
  return encodeApdu({ ...answer, invokeId } as Apdu);
}

/** An Error-PDU begins with its class and code (clause 21), in some services within a pair of tags. */
function refusal(answer: Apdu & { kind: "error" | "reject" | "abort" }): BacnetRefusal {
  if (answer.kind !== "error") return new BacnetRefusal(answer.kind, answer.reason);
  const { data } = answer;
  const numbers: number[] = [];
  for (let offset = 0; offset < data.length && numbers.length < 2; ) {
    const tag = tagAt(data, offset);
    if (!tag || endOf(tag) > data.length) break;
    if (tag.form === "value")
      numbers.push(data.subarray(tag.start, endOf(tag)).reduce((sum, byte) => sum * 256 + byte, 0));
    offset = endOf(tag);
  }
  return new BacnetRefusal("error", numbers[1] ?? 0);
}
