import type { Job, Part } from "../messages.ts";
import type { StartStorageThread, StorageThread } from "../storage-thread.ts";
import { WorkerFailure, WorkerLink } from "../worker-link.ts";

/**
 * Faults in front of the real storage thread: `fail` decides for each job whether it fails before it reaches the thread,
 * and with which code; `hold` keeps it from the thread until the returned promise resolves.
 */
export class FaultyThread {
  fail: (job: Job) => string | undefined = () => undefined;
  hold: (job: Job) => Promise<void> | undefined = () => undefined;
  /** Every job that was asked for. */
  readonly jobs: Job[] = [];
  starts = 0;
  readonly #outstanding = new Set<Promise<unknown>>();
  #crash: ((error: Error) => void) | undefined;
  #thread: StorageThread | undefined;

  /** Hand this to `openStore`. */
  readonly start: StartStorageThread = async (options, onLost) => {
    const { thread, opened } = await WorkerLink.open(options, onLost);
    this.starts++;
    this.#thread = thread;
    this.#crash = onLost;
    return { thread: this.#faulty(thread), opened };
  };

  /** Ends the thread as a crash would: what it was asked rejects, and nobody had asked for it. */
  async crash(): Promise<void> {
    await this.#thread?.terminate();
    this.#crash?.(new WorkerFailure({ code: "WORKER_CRASHED", message: "it ran out of memory" }));
  }

  /** Resolves when everything that was asked for has been answered. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#outstanding);
  }

  #faulty(thread: StorageThread): StorageThread {
    return {
      request: (job, onPart) => {
        this.jobs.push(job);
        const answer = this.#answer(thread, job, onPart);
        const done = answer.then(
          () => void this.#outstanding.delete(done),
          () => void this.#outstanding.delete(done),
        );
        this.#outstanding.add(done);
        return answer;
      },
      terminate: () => thread.terminate(),
    };
  }

  async #answer(thread: StorageThread, job: Job, onPart?: (part: Part) => void): Promise<unknown> {
    await this.hold(job);
    const code = this.fail(job);
    if (code !== undefined) throw new WorkerFailure({ code, message: "a fault of the test" });
    return thread.request(job, onPart);
  }
}
