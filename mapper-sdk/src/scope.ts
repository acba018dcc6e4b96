/**
 * Owns what `open` acquires and releases it in reverse order, once: the part of `AsyncDisposableStack` (ECMAScript
 * explicit resource management) that mappers need. Node 20 lacks the class, and the polyfill costs 9 MB of memory.
 *
 * It differs from that class where a leak would follow: what is handed to a scope that was disposed meanwhile (an
 * `open` that went on after its caller gave up) is released at once before the call throws.
 */
export class Scope implements AsyncDisposable {
  #release: (() => unknown)[] = [];
  #disposal: Promise<void> | undefined;
  readonly #onLateFailure: ((error: unknown) => void) | undefined;

  /** @param onLateFailure gets what releasing a late resource failed with; without it that is an unhandled rejection. */
  constructor(onLateFailure?: (error: unknown) => void) {
    this.#onLateFailure = onLateFailure;
  }

  /** Owns `resource` from now on and returns it. @throws ReferenceError when the scope is disposed already. */
  use<T extends AsyncDisposable | Disposable | null | undefined>(resource: T): T {
    if (resource) {
      this.defer(() =>
        Symbol.asyncDispose in resource ? resource[Symbol.asyncDispose]() : (resource as Disposable)[Symbol.dispose](),
      );
    }
    return resource;
  }

  /** Owns `value`, which `release` lets go. @throws ReferenceError when the scope is disposed already. */
  adopt<T>(value: T, release: (value: T) => unknown): T {
    this.defer(() => release(value));
    return value;
  }

  /** Runs `action` on dispose. @throws ReferenceError when the scope is disposed already, after running it. */
  defer(action: () => unknown): void {
    if (this.#disposal !== undefined) {
      const late = (async () => void (await action()))();
      if (this.#onLateFailure) late.catch(this.#onLateFailure);
      throw new ReferenceError("the scope is already disposed; what was handed to it has been released");
    }
    this.#release.push(action);
  }

  /** Hands everything owned to a new scope; this one counts as disposed from now on. */
  move(): Scope {
    const heir = new Scope(this.#onLateFailure);
    if (this.#disposal !== undefined) return heir;
    heir.#release = this.#release.splice(0);
    this.#disposal = Promise.resolve();
    return heir;
  }

  /**
   * Releases everything in reverse order, also when one release fails. Rejects with what failed, after all were tried.
   * Called again it waits for the first call and resolves: a failure is told once.
   */
  [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposal !== undefined) return this.#disposal.catch(() => undefined);
    this.#disposal = releaseAll(this.#release.splice(0));
    return this.#disposal;
  }
}

async function releaseAll(releases: (() => unknown)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const release of releases.reverse()) {
    try {
      await release();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) {
    const reasons = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
    throw new AggregateError(failures, `several resources could not be released: ${reasons.join("; ")}`);
  }
}
