import type { ObjectChange, ReadableCache } from "./object-cache.ts";

/** A cache that tells what changes in it, after it changed: an informer. */
export interface ObjectSource<I extends string> {
  readonly cache: ReadableCache<I>;
  /** Returns how to stop. */
  subscribe(listener: (change: ObjectChange) => void): () => void;
}
