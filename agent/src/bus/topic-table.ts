/** Matches of this many topics are remembered; a node with 100 devices uses about 2,000. */
const rememberedTopics = 4096;

/** Longer topics are looked up each time: a client must not fill the memory with 65,535 characters each. */
const rememberedLength = 512;

interface Wildcard<T> {
  readonly filter: string;
  readonly levels: readonly string[];
  readonly values: T[];
}

/**
 * Values under MQTT topic filters, looked up by topic. Lookups of a topic that was seen before cost one map access,
 * because the same few topics are published over and over while subscriptions hardly ever change.
 *
 * Filters follow MQTT 3.1.1 clause 4.7: `+` is one level, a last `#` any number; clause 4.7.2: a filter that begins with a wildcard
 * does not match a topic that begins with `$`.
 */
export class TopicTable<T> {
  readonly #exact = new Map<string, T[]>();
  readonly #wildcards = new Map<string, Wildcard<T>>();
  readonly #matches = new Map<string, readonly T[]>();

  /** Puts `value` under `filter`; the same value may be put more than once. */
  add(filter: string, value: T): void {
    this.#matches.clear();
    this.#valuesOf(filter).push(value);
  }

  /** Takes `value` away from `filter` once; returns whether it was there. */
  remove(filter: string, value: T): boolean {
    const values = this.#exact.get(filter) ?? this.#wildcards.get(filter)?.values;
    const index = values?.indexOf(value) ?? -1;
    if (!values || index < 0) return false;
    this.#matches.clear();
    values.splice(index, 1);
    if (values.length === 0) {
      this.#exact.delete(filter);
      this.#wildcards.delete(filter);
    }
    return true;
  }

  /** The values of all filters that match `topic`. The array must not be changed. */
  match(topic: string): readonly T[] {
    const remembered = this.#matches.get(topic);
    if (remembered) return remembered;
    const values = this.#search(topic);
    if (topic.length > rememberedLength) return values;
    if (this.#matches.size >= rememberedTopics) this.#matches.clear();
    this.#matches.set(topic, values);
    return values;
  }

  /** Number of filters in use. */
  get size(): number {
    return this.#exact.size + this.#wildcards.size;
  }

  #search(topic: string): readonly T[] {
    const values: T[] = [...(this.#exact.get(topic) ?? [])];
    if (this.#wildcards.size === 0) return values;
    const levels = topic.split("/");
    for (const wildcard of this.#wildcards.values()) {
      if (matchesLevels(wildcard.levels, levels)) values.push(...wildcard.values);
    }
    return values;
  }

  #valuesOf(filter: string): T[] {
    if (!hasWildcard(filter)) return getOrPut(this.#exact, filter, () => []);
    return getOrPut(this.#wildcards, filter, () => ({ filter, levels: filter.split("/"), values: [] })).values;
  }
}

/** Whether `filter` contains `+` or `#` and so stands for more than one topic. */
export const hasWildcard = (filter: string): boolean => filter.includes("+") || filter.includes("#");

/** Whether `topic` is one of those that `filter` stands for (MQTT 3.1.1 clause 4.7). */
export function matchesFilter(filter: string, topic: string): boolean {
  return matchesLevels(filter.split("/"), topic.split("/"));
}

function matchesLevels(filter: readonly string[], topic: readonly string[]): boolean {
  const startsWithWildcard = filter[0] === "+" || filter[0] === "#";
  if (startsWithWildcard && topic[0]?.startsWith("$")) return false;
  for (let level = 0; level < filter.length; level++) {
    const part = filter[level];
    // `a/#` also stands for `a` itself (4.7.1.2), so `#` matches where the topic has ended, too.
    if (part === "#") return true;
    if (level >= topic.length) return false;
    if (part !== "+" && part !== topic[level]) return false;
  }
  return filter.length === topic.length;
}

function getOrPut<V>(map: Map<string, V>, key: string, create: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}
