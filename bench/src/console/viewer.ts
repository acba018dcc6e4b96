import { type ClientRequest, request } from "node:http";

/** What one open page asks of the agent: the watch of everything, and the pictures and figures that it polls. */
export class Viewer implements Disposable {
  readonly #socketPath: string;
  readonly #watch: ClientRequest;
  readonly #timers: NodeJS.Timeout[] = [];
  /** Bytes of the watch so far. */
  watched = 0;

  /** @param device whose ten sparklines are on the screen. */
  constructor(socketPath: string, device: string) {
    this.#socketPath = socketPath;
    this.#watch = request({ socketPath, path: "/api/v1/watch" }, (response) => {
      response.on("data", (chunk: Buffer) => {
        this.watched += chunk.length;
      });
      response.on("error", () => {}); // the agent of a bench ends before its viewers
    });
    this.#watch.on("error", () => {});
    this.#watch.end();
    const path = (property: number) => `/api/v1/devices/${device}/twin/p${property}/history?from=1h&points=48`;
    const sparklines = () => Promise.all(Array.from({ length: 10 }, (_, property) => this.ask(path(property))));
    void sparklines();
    this.#timers.push(setInterval(() => void sparklines(), 60_000));
    this.#timers.push(setInterval(() => void this.ask("/api/v1/system"), 3_000));
  }

  /** Bytes of an answer. */
  ask(path: string): Promise<number> {
    return new Promise((resolve) => {
      let bytes = 0;
      request({ socketPath: this.#socketPath, path }, (response) => {
        response.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
        });
        response.on("end", () => resolve(bytes));
      })
        .on("error", () => resolve(0))
        .end();
    });
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#watch.destroy();
  }
}
