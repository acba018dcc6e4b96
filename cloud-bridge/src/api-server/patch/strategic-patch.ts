import { type Fields, isFields } from "../api-object.ts";

/** Lists of built-in kinds whose items are merged, and by which field. All other lists are replaced as a whole. */
const mergeKeys: Readonly<Record<string, string>> = {
  conditions: "type",
  addresses: "type",
  taints: "key",
  ownerReferences: "uid",
  secrets: "name",
};

/**
 * The object after a strategic merge patch, as far as our built-in kinds have lists that are merged. `$setElementOrder`
 * only says how a client sees the list, and `$retainKeys` concerns unions, which no kind here has.
 */
export function strategicPatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  if (patch.$patch === "replace") return withoutDirectives(patch);
  const result: Fields = isFields(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith("$")) {
      const [, list] = /^\$deleteFromPrimitiveList\/(.+)$/.exec(key) ?? [];
      if (list !== undefined && Array.isArray(result[list]) && Array.isArray(value))
        set(
          result,
          list,
          (result[list] as unknown[]).filter((item) => !value.includes(item)),
        );
      continue;
    }
    const mergeKey = mergeKeys[key];
    if (value === null) delete result[key];
    else if (Array.isArray(value) && mergeKey !== undefined) set(result, key, mergedList(result[key], value, mergeKey));
    else set(result, key, strategicPatch(result[key], value));
  }
  return result;
}

/** Also when the key is `__proto__`. */
function set(fields: Fields, key: string, value: unknown): void {
  Object.defineProperty(fields, key, { value, enumerable: true, writable: true, configurable: true });
}

function mergedList(target: unknown, patch: readonly unknown[], mergeKey: string): unknown {
  const isWhole = patch.some((item) => isFields(item) && item.$patch === "replace" && item[mergeKey] === undefined);
  if (isWhole) return patch.filter((item) => !isFields(item) || item.$patch === undefined);
  const items: unknown[] = Array.isArray(target) ? [...target] : [];
  for (const item of patch) {
    if (!isFields(item)) continue;
    const at = items.findIndex((one) => isFields(one) && one[mergeKey] === item[mergeKey]);
    if (item.$patch === "delete") {
      if (at >= 0) items.splice(at, 1);
    } else if (at >= 0) items[at] = strategicPatch(items[at], item);
    else items.push(withoutDirectives(item));
  }
  return items;
}

const withoutDirectives = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => !key.startsWith("$")));
