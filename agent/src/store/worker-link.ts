import { Worker } from "node:worker_threads";
import {
  type Failure,
  type Job,
  type Opened,
  openingId,
  type Part,
  type Reply,
  type Request,
  type WorkerOptions,
} from "./messages.ts";
import type { StartStorageThread, StorageThread } from "./storage-thread.ts";

/** A failure in the storage thread, or its end. */
export class WorkerFailure extends Error {
  override readonly name = "WorkerFailure";
  readonly code: string;

  constructor({ code, message }: Failure) {
    super(message);
    this.code = code;
  }
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: WorkerFailure) => void;
  readonly onPart?: (part: Part) => void;
}

/**
 * Heap of the storage thread. It holds one batch and some rows; a small young generation keeps its memory small, which
 * counts double on a Pi: 64 MB is a bound, not a reservation.
 */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };

/** The other end of the storage thread: requests go out, replies come back by number. */
export class WorkerLink implements StorageThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #onLost: (error: Error) => void;
  #lastId = openingId;
  #isOpen = false;
  #ended: WorkerFailure | undefined;

  private constructor(worker: Worker, onLost: (error: Error) => void) {
    this.#worker = worker;
    this.#onLost = onLost;
    worker.on("message", (reply: Reply) => this.#take(reply));
    worker.on("error", (error) => this.#end({ code: "WORKER_CRASHED", message: error.message }));
    worker.on("exit", (code) => this.#end({ code: "WORKER_EXITED", message: `it ended with code ${code}` }));
  }

  /** The real `StartStorageThread`. Rejects with WorkerFailure. */
  static async open(options: WorkerOptions, onLost: (error: Error) => void): ReturnType<StartStorageThread> {
    // The name of the compiled file: a URL is not rewritten by the compiler as an import is.
    const worker = new Worker(new URL("./worker/main.js", import.meta.url), { workerData: options, resourceLimits });
    const link = new WorkerLink(worker, onLost);
    try {
      const opened = await new Promise<unknown>((resolve, reject) => link.#waiting.set(openingId, { resolve, reject }));
      link.#isOpen = true;
      return { thread: link, opened: opened as Opened };
    } catch (error) {
      await link.terminate();
      throw error;
    }
  }

  request(job: Job, onPart?: (part: Part) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject, ...(onPart && { onPart }) });
      this.#worker.postMessage({ id, job } satisfies Request);
    });
  }

  async terminate(): Promise<void> {
    this.#ended ??= new WorkerFailure({ code: "WORKER_ENDED", message: "the storage thread was ended" });
    await this.#worker.terminate();
  }

  #take(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (!waiting) return;
    if ("part" in reply) return waiting.onPart?.(reply.part);
    this.#waiting.delete(reply.id);
    if ("failure" in reply) waiting.reject(new WorkerFailure(reply.failure));
    else waiting.resolve(reply.result);
  }

  #end(failure: Failure): void {
    const known = this.#ended;
    this.#ended ??= new WorkerFailure(failure);
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(this.#ended);
    if (!known && this.#isOpen) this.#onLost(this.#ended);
  }
}
