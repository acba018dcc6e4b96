import type { Clock, Log, Timer } from "@edgetwin/mapper-sdk";
import { BridgeError } from "../errors.ts";
import type { KubernetesClient } from "../kubernetes/client.ts";
import type { ReadableCache } from "../kubernetes/object-cache.ts";
import { resourceTypes } from "../kubernetes/resource-types.ts";

/** How a rule does, as its status says it. */
export interface RuleCounts {
  readonly successMessages: number;
  readonly failMessages: number;
  /** The newest last; each once. */
  readonly errors: readonly string[];
}

const none: RuleCounts = { successMessages: 0, failMessages: 0, errors: [] };
const mostErrors = 5;
const longestError = 200;

/** What rule status is made of. */
export interface RuleStatusOptions {
  readonly client: Pick<KubernetesClient, "mergePatch">;
  readonly rules: ReadableCache<never>;
  readonly clock: Clock;
  readonly log: Log;
  /** At most one patch per rule in this time. */
  readonly everyMs: number;
}

/** Counts what rules carried and writes it into their status, seldom; a count goes on where the one before ended. */
export class RuleStatus implements AsyncDisposable {
  readonly #options: RuleStatusOptions;
  readonly #counts = new Map<string, RuleCounts>();
  readonly #due = new Set<string>();
  readonly #totals = { delivered: 0, failed: 0 };
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: RuleStatusOptions) {
    this.#options = options;
  }

  /** Messages of all rules since the start. */
  get totals(): { readonly delivered: number; readonly failed: number } {
    return this.#totals;
  }

  delivered(rule: string): void {
    this.#totals.delivered += 1;
    const before = this.#of(rule);
    this.#set(rule, { ...before, successMessages: before.successMessages + 1 });
  }

  failed(rule: string, why: string): void {
    this.#totals.failed += 1;
    const before = this.#of(rule);
    this.#set(rule, { ...before, failMessages: before.failMessages + 1, errors: withError(before, why) });
  }

  /** A rule that leads nowhere as it stands. */
  broken(rule: string, why: string): void {
    const before = this.#of(rule);
    if (before.errors.at(-1) !== shortened(why)) this.#set(rule, { ...before, errors: withError(before, why) });
  }

  /** It leads somewhere again. */
  mended(rule: string, why: string): void {
    const before = this.#of(rule);
    const errors = before.errors.filter((error) => error !== shortened(why));
    if (errors.length < before.errors.length) this.#set(rule, { ...before, errors });
  }

  gone(rule: string): void {
    this.#counts.delete(rule);
    this.#due.delete(rule);
  }

  /** Writes what is not written yet. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    await this.#writing;
    await this.#write();
  }

  #of(rule: string): RuleCounts {
    return this.#counts.get(rule) ?? countsOf(this.#options.rules.get(rule)?.status);
  }

  #set(rule: string, counts: RuleCounts): void {
    this.#counts.set(rule, counts);
    this.#due.add(rule);
    const { clock, everyMs } = this.#options;
    this.#timer ??= clock.after(everyMs, () => {
      this.#timer = undefined;
      this.#writing = this.#writing.then(() => this.#write());
    });
  }

  async #write(): Promise<void> {
    const { client, log } = this.#options;
    const due = [...this.#due];
    this.#due.clear();
    for (const rule of due) {
      const status = this.#counts.get(rule);
      const [namespace = "", name = ""] = rule.split("/");
      if (!status) continue;
      try {
        await client.mergePatch(resourceTypes.rules, { namespace, name }, { status });
      } catch (error) {
        const isGone = error instanceof BridgeError && error.reason === "NotFound";
        if (isGone) this.gone(rule);
        // The next message writes it along.
        else log.warn("status of a rule not written", { rule, error });
      }
    }
  }
}

function countsOf(status: unknown): RuleCounts {
  const { successMessages, failMessages, errors } = (status ?? {}) as Readonly<Record<keyof RuleCounts, unknown>>;
  const count = (value: unknown) => (Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : 0);
  return {
    ...none,
    ...{ successMessages: count(successMessages), failMessages: count(failMessages) },
    errors: Array.isArray(errors) ? errors.filter((error) => typeof error === "string").slice(-mostErrors) : [],
  };
}

const shortened = (why: string): string => (why.length > longestError ? `${why.slice(0, longestError - 1)}…` : why);

const withError = ({ errors }: RuleCounts, why: string): readonly string[] =>
  [...errors.filter((error) => error !== shortened(why)), shortened(why)].slice(-mostErrors);
