/** The filter that `?namespace=` asks for; everything without it. */
export function inNamespace(query: URLSearchParams): (entry: { readonly id: string }) => boolean {
  const namespace = query.get("namespace");
  return namespace === null ? () => true : ({ id }) => id.startsWith(`${namespace}/`);
}
