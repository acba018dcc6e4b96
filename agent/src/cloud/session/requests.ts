import { type AnswerResult, answer, type Envelope, type ObjectRequest, objectRequest } from "@edgetwin/cloud-protocol";
import type { Clock, Timer } from "@edgetwin/mapper-sdk";
import type { Connection } from "./connection.ts";

/** EdgeCore waits a minute; who asks every ten seconds has no use for an answer that is older than this. */
const timeoutMs = 15_000;

interface Waiting {
  readonly settle: (result: AnswerResult | undefined) => void;
  readonly timer: Timer;
}

/** Questions to the cloud about objects, each with its answer. */
export class Requests implements Disposable {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();
  #isOver = false;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** The answer; undefined when none came in time or the connection ended. CloudCore often answers nothing at all. */
  ask(request: ObjectRequest): Promise<AnswerResult | undefined> {
    if (this.#isOver) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const id = this.#connection.send(objectRequest, request);
      const settle = (result: AnswerResult | undefined) => {
        this.#waiting.get(id)?.timer[Symbol.dispose]();
        this.#waiting.delete(id);
        resolve(result);
      };
      this.#waiting.set(id, { settle, timer: this.#clock.after(timeoutMs, () => settle(undefined)) });
    });
  }

  /** Takes a message that may be an answer. */
  take(envelope: Envelope): void {
    const waiting = this.#waiting.get(envelope.header.parentId ?? "");
    waiting?.settle(answer.read(envelope).result);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const { settle } of [...this.#waiting.values()]) settle(undefined);
  }
}
