import { Feed, type MapperError } from "@edgetwin/mapper-sdk";
import type { Binding } from "../payload/binding.ts";

type Waiting = (value: unknown) => boolean;

/** What a device shows of one property: the newest value or what is wrong with it, and whoever waits for the next. */
export class Shown {
  readonly binding: Binding;
  readonly #feed = new Feed<unknown>({}, { limit: 64 });
  readonly #waiting = new Set<Waiting>();
  #newest: { readonly value: unknown } | { readonly error: MapperError } | undefined;

  constructor(binding: Binding) {
    this.binding = binding;
  }

  /** The newest value; undefined when there is none yet. Throws what is wrong with what the device said last. */
  get value(): unknown {
    if (!this.#newest) return undefined;
    if ("error" in this.#newest) throw this.#newest.error;
    return this.#newest.value;
  }

  /** Takes a message; false when it does not speak of this property. Throws `DEVICE_IO` when what it says is no value. */
  hear(payload: Buffer): boolean {
    let value: unknown;
    try {
      value = this.binding.decode(payload);
    } catch (error) {
      this.#newest = { error: error as MapperError };
      this.#feed.push(error);
      throw error;
    }
    if (value === undefined) return false;
    this.show(value);
    return true;
  }

  show(value: unknown): void {
    this.#newest = { value };
    this.#feed.push(value);
    for (const waiting of [...this.#waiting]) if (waiting(value)) this.#waiting.delete(waiting);
  }

  /** Calls `taken` with the first value from now on that it says true to. The returned function gives up. */
  next(taken: Waiting): () => void {
    this.#waiting.add(taken);
    return () => this.#waiting.delete(taken);
  }

  /** Values as they arrive, and in place of one that is none an Error that says why. */
  values(signal: AbortSignal): AsyncIterable<unknown> {
    return this.#feed.values({ signal });
  }

  fail(reason: Error): void {
    this.#feed.fail(reason);
  }
}
