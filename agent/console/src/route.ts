/** What the address asks for. */
export type Route =
  | { readonly page: "devices" | "board" | "system" }
  | { readonly page: "device"; readonly id: string; readonly property: string | undefined };

/** The route in the part of an address behind `#`; the devices for whatever nobody knows. */
export function routeOf(hash: string): Route {
  const [page, namespace, name, property] = hash.replace(/^#\/?/, "").split("/").map(decoded);
  if (page === "board" || page === "system") return { page };
  if (page === "device" && namespace && name) return { page, id: `${namespace}/${name}`, property };
  return { page: "devices" };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // typed by hand
  }
}
