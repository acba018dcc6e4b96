import type { NodeContent, WantedObject } from "../hub/node-port.ts";

/** The contents of several parts as one; of one key the first that has it counts. */
export function joinedContent(contents: readonly NodeContent[]): NodeContent {
  const [only] = contents;
  if (only && contents.length === 1) return only;
  return {
    objectsOf: (node) => new JoinedObjects(contents.map((content) => content.objectsOf(node))),
    subscribe(listener) {
      const stops = contents.map((content) => content.subscribe(listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

/** Reads through to each part: nothing is copied. */
class JoinedObjects implements ReadonlyMap<string, WantedObject> {
  readonly #maps: readonly ReadonlyMap<string, WantedObject>[];

  constructor(maps: readonly ReadonlyMap<string, WantedObject>[]) {
    this.#maps = maps;
  }

  get size(): number {
    return this.#maps.reduce((sum, { size }) => sum + size, 0);
  }

  get(key: string): WantedObject | undefined {
    for (const map of this.#maps) {
      const found = map.get(key);
      if (found) return found;
    }
    return undefined;
  }

  has(key: string): boolean {
    return this.#maps.some((map) => map.has(key));
  }

  *entries(): MapIterator<[string, WantedObject]> {
    for (const map of this.#maps) yield* map.entries();
  }

  *keys(): MapIterator<string> {
    for (const map of this.#maps) yield* map.keys();
  }

  *values(): MapIterator<WantedObject> {
    for (const map of this.#maps) yield* map.values();
  }

  forEach(visit: (object: WantedObject, key: string, map: ReadonlyMap<string, WantedObject>) => void): void {
    for (const [key, object] of this.entries()) visit(object, key, this);
  }

  [Symbol.iterator](): MapIterator<[string, WantedObject]> {
    return this.entries();
  }
}
