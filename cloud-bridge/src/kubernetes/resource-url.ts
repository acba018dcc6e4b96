import type { ObjectName, ResourceType } from "./client.ts";

/** Path of a kind, of one of its objects, or of all its objects in every namespace. */
export function resourcePath(type: ResourceType, name: Partial<ObjectName> = {}, subresource?: string): string {
  const root = type.group === "" ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const namespace = type.namespaced && name.namespace !== undefined ? ["namespaces", name.namespace] : [];
  const parts = [...namespace, type.plural, ...(name.name === undefined ? [] : [name.name])];
  return [root, ...parts.map(encodeURIComponent), ...(subresource === undefined ? [] : [subresource])].join("/");
}

/** `devices.devices.kubeedge.io` as messages of the API call a kind; `nodes` in the core group. */
export const kindName = ({ group, plural }: ResourceType): string => (group === "" ? plural : `${plural}.${group}`);
