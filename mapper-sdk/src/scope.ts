/**
 * Owns what `open` acquires and releases it in reverse order, once: the part of `AsyncDisposableStack` (ECMAScript
 * explicit resource management) that mappers need. Node 20 lacks the class, and the polyfill costs 9 MB of memory.
 */
export class Scope implements AsyncDisposable {
  #release: (() => unknown)[] = [];
  #disposed = false;

  /** Owns `resource` from now on and returns it. */
  use<T extends AsyncDisposable | Disposable | null | undefined>(resource: T): T {
    if (resource) {
      this.defer(() =>
        Symbol.asyncDispose in resource ? resource[Symbol.asyncDispose]() : (resource as Disposable)[Symbol.dispose](),
      );
    }
    return resource;
  }

  /** Owns `value`, which `release` lets go. */
  adopt<T>(value: T, release: (value: T) => unknown): T {
    this.defer(() => release(value));
    return value;
  }

  /** Runs `action` on dispose. */
  defer(action: () => unknown): void {
    if (this.#disposed) throw new ReferenceError("the scope is already disposed");
    this.#release.push(action);
  }

  /** Hands everything owned to a new scope; disposing this one then releases nothing. */
  move(): Scope {
    const heir = new Scope();
    heir.#release = this.#release;
    this.#release = [];
    this.#disposed = true;
    return heir;
  }

  /** Releases everything in reverse order, also when one release fails. Rejects with what failed, after all were tried. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    const failures: unknown[] = [];
    for (const release of this.#release.splice(0).reverse()) {
      try {
        await release();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, "several resources could not be released");
  }
}
