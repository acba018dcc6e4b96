import { Worker } from "node:worker_threads";

/** What the thread is started with. */
export interface WatchedLoads {
  readonly packages: readonly string[];
  /** How long nothing may run before it is told. */
  readonly patienceMs: number;
}

const resourceLimits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 };

/**
 * Watches packages while they load. One that never returns from its top level stops the whole agent, log included; a
 * thread of its own tells on standard error which packages were loading. It ends when they have loaded.
 */
export class LoadWatch implements Disposable {
  readonly #worker: Worker;

  constructor(watched: WatchedLoads) {
    // The name of the compiled file: a URL is not rewritten by the compiler as an import is.
    this.#worker = new Worker(new URL("./main.js", import.meta.url), { workerData: watched, resourceLimits });
    this.#worker.unref();
    this.#worker.on("message", () => this.#worker.postMessage(undefined));
    // Without it packages load as well; only nobody sees the one that hangs.
    this.#worker.on("error", () => {});
  }

  /** A package has loaded, or failed to. */
  loaded(name: string): void {
    this.#worker.postMessage(name);
  }

  [Symbol.dispose](): void {
    void this.#worker.terminate();
  }
}
