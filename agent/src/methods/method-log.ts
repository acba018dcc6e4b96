import type { Core } from "../core.ts";
import type { Cause, Origin } from "../twin/types.ts";

/** What is remembered of a call. */
export interface CallRecord {
  /** uid of the device. */
  readonly device: string;
  readonly method: string;
  readonly origin: Origin;
  readonly what: "called" | "call-failed";
  /** What it was called with and what came of it; for people. */
  readonly reason: string;
}

type Parts = Pick<Core, "store" | "clock" | "log">;

/**
 * The log of the calls of methods: who called what, when, with which result. It lies beside the causes of the
 * properties, under the method's name and `()`, with the same bounds, and goes with the device.
 */
export class MethodLog {
  readonly #parts: Parts;
  /** Calls are written one after the other: the place of one depends on the one before. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The newest calls, oldest first. */
  async calls(device: string, method: string): Promise<readonly Cause[]> {
    await this.#turn;
    return await this.#parts.store.causes(device, keyOf(method));
  }

  /** Resolves when the call is stored, or cannot be: what the device did is not undone by a full disk. */
  record({ device, method, ...call }: CallRecord): Promise<void> {
    const { store, clock, log } = this.#parts;
    const at = clock.now();
    const written = this.#turn.then(async () => {
      try {
        const last = (await store.causes(device, keyOf(method))).at(-1);
        const cause: Cause = { property: keyOf(method), seq: (last?.seq ?? -1) + 1, at, ...call };
        await store.commit([{ put: "cause", device, cause }], "lazy");
      } catch (error) {
        log.warn("a call of a method was not logged", { device, method, error });
      }
    });
    this.#turn = written;
    return written;
  }
}

/** No property has such a name: models use the names of Kubernetes' fields. */
const keyOf = (method: string): string => `${method}()`;
