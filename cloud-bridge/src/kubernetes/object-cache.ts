import type { ObjectName, StoredObject } from "./client.ts";

/** `namespace/name`, or the name alone of an object without namespace. */
export const keyOf = ({ namespace, name }: ObjectName): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

/** Values by which an object is found, of each index. */
export type Indexes<I extends string> = Readonly<Record<I, (object: StoredObject) => string | undefined>>;

/** What happened to an object; `before` is missing when it is new, `now` when it is gone. */
export interface ObjectChange {
  readonly key: string;
  readonly before?: StoredObject;
  readonly now?: StoredObject;
}

/** What readers see of a cache. */
export interface ReadableCache<I extends string> {
  readonly size: number;
  get(key: string): StoredObject | undefined;
  values(): Iterable<StoredObject>;
  /** Keys of the objects that have this value in an index. */
  keysBy(index: I, value: string): ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();

/** Objects of one kind by their key, and sets of keys by what they have in common. */
export class ObjectCache<I extends string> implements ReadableCache<I> {
  readonly #objects = new Map<string, StoredObject>();
  readonly #indexes: Indexes<I>;
  readonly #keys: Readonly<Record<I, Map<string, Set<string>>>>;

  constructor(indexes: Indexes<I>) {
    this.#indexes = indexes;
    this.#keys = Object.fromEntries(Object.keys(indexes).map((name) => [name, new Map()])) as Readonly<
      Record<I, Map<string, Set<string>>>
    >;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  values(): Iterable<StoredObject> {
    return this.#objects.values();
  }

  keysBy(index: I, value: string): ReadonlySet<string> {
    return this.#keys[index].get(value) ?? none;
  }

  /** Puts an object in place of the one with its name. Returns undefined when that is the same version. */
  put(object: StoredObject): ObjectChange | undefined {
    const key = keyOf(object.metadata);
    const before = this.#objects.get(key);
    const { uid, resourceVersion } = object.metadata;
    if (before?.metadata.uid === uid && before.metadata.resourceVersion === resourceVersion) return undefined;
    this.#objects.set(key, object);
    this.#index(key, before, object);
    return { key, now: object, ...(before && { before }) };
  }

  /** Removes an object. Returns undefined when there is none. */
  remove(key: string): ObjectChange | undefined {
    const before = this.#objects.get(key);
    if (!before) return undefined;
    this.#objects.delete(key);
    this.#index(key, before, undefined);
    return { key, before };
  }

  /** Makes these the only objects. Returns what changed by that. */
  replace(objects: readonly StoredObject[]): readonly ObjectChange[] {
    const kept = new Set(objects.map(({ metadata }) => keyOf(metadata)));
    const gone = [...this.#objects.keys()].filter((key) => !kept.has(key)).map((key) => this.remove(key));
    return [...gone, ...objects.map((object) => this.put(object))].filter((change) => change !== undefined);
  }

  #index(key: string, before: StoredObject | undefined, now: StoredObject | undefined): void {
    for (const name of Object.keys(this.#indexes) as I[]) {
      const read = this.#indexes[name];
      const old = before && read(before);
      const value = now && read(now);
      if (old === value) continue;
      const sets = this.#keys[name];
      if (old !== undefined) {
        const set = sets.get(old);
        set?.delete(key);
        if (set?.size === 0) sets.delete(old);
      }
      if (value !== undefined) sets.set(value, (sets.get(value) ?? new Set()).add(key));
    }
  }
}
