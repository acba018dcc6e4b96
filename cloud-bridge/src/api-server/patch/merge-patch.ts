import { isFields } from "../api-object.ts";

/** RFC 7386: objects are merged, `null` removes a key, everything else replaces. Changes nothing that it is given. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const merged = isFields(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else
      Object.defineProperty(merged, key, {
        value: mergePatch(merged[key], value),
        enumerable: true,
        writable: true,
        configurable: true,
      });
  }
  return merged;
}
