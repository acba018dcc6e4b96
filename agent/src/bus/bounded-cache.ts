/** Remembers what is expensive to work out. When it is full it forgets everything: the few keys in use come back at once. */
export class BoundedCache<K, V> {
  readonly #values = new Map<K, V>();
  readonly #create: (key: K) => V;
  readonly #limit: number;

  constructor(create: (key: K) => V, limit = 4096) {
    this.#create = create;
    this.#limit = limit;
  }

  get(key: K): V {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const value = this.#create(key);
    if (value === undefined) return value;
    if (this.#values.size >= this.#limit) this.#values.clear();
    this.#values.set(key, value);
    return value;
  }
}
