/** What a path means. */
export type Route =
  | {
      readonly kind: "resource";
      readonly group: string;
      readonly version: string;
      /** Empty without one. */
      readonly namespace: string;
      readonly plural: string;
      /** Empty for the collection. */
      readonly name: string;
      readonly subresource?: string;
      /** Old form of a watch: `/watch/` before the rest. */
      readonly watch: boolean;
    }
  | { readonly kind: "other"; readonly path: string };

/**
 * Reads a path: `/api/v1/...` and `/apis/{group}/{version}/...` with at least a resource are resources, everything else is
 * not. A path whose escapes cannot be read is `other`.
 */
export function readRoute(path: string): Route {
  const other: Route = { kind: "other", path };
  const parts = decode(path);
  if (!parts) return other;
  const [root, ...rest] = parts;
  if (root === "api" && rest.length > 1) return resourceOf("", rest[0] as string, rest.slice(1)) ?? other;
  if (root === "apis" && rest.length > 2) {
    return resourceOf(rest[0] as string, rest[1] as string, rest.slice(2)) ?? other;
  }
  return other;
}

function decode(path: string): string[] | undefined {
  try {
    return path
      .split("/")
      .filter((part) => part !== "")
      .map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function resourceOf(group: string, version: string, parts: readonly string[]): Route | undefined {
  const watch = parts[0] === "watch";
  const rest = watch ? parts.slice(1) : parts;
  // `/namespaces/{name}` and its subresources are about the namespace, anything longer is in it.
  const isIn = rest[0] === "namespaces" && rest.length > 2 && !(group === "" && isOfNamespace(rest[2] as string));
  const namespace = isIn ? (rest[1] as string) : "";
  const [plural, name = "", subresource, ...more] = isIn ? rest.slice(2) : rest;
  if (plural === undefined || more.length > 0) return undefined;
  return {
    kind: "resource",
    group,
    version,
    namespace,
    plural,
    name,
    watch,
    ...(subresource !== undefined && { subresource }),
  };
}

const isOfNamespace = (part: string) => part === "status" || part === "finalize";
