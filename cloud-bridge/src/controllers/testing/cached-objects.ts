import type { StoredObject } from "../../kubernetes/client.ts";
import { type Indexes, ObjectCache, type ObjectChange } from "../../kubernetes/object-cache.ts";
import type { ObjectSource } from "../../kubernetes/object-source.ts";

/** A cache that a test fills by hand, where an informer would follow a server. */
export interface CachedObjects<I extends string> extends ObjectSource<I> {
  put(object: StoredObject): void;
  remove(key: string): void;
}

export function cachedObjects<I extends string = never>(indexes: Indexes<I>): CachedObjects<I> {
  const cache = new ObjectCache(indexes);
  const listeners = new Set<(change: ObjectChange) => void>();
  const tell = (change: ObjectChange | undefined) => {
    if (change) for (const listener of listeners) listener(change);
  };
  return {
    cache,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    put: (object) => tell(cache.put(object)),
    remove: (key) => tell(cache.remove(key)),
  };
}
