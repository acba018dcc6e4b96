import { referencesOf } from "@edgetwin/models";
import type { Registry } from "../../registry/registry.ts";
import type { HeldName, ReferenceStore } from "./reference-store.ts";

/**
 * Forgets Secrets and ConfigMaps that no device names any more; one that came before its device stays. The cloud would say
 * so too, unless it was restarted meanwhile. Returns how to stop.
 */
export function keepReferenced(registry: Registry, references: ReferenceStore): () => void {
  let before = namedBy(registry);
  return registry.onChange(({ kind }) => {
    if (kind !== "device applied" && kind !== "device deleted" && kind !== "model applied") return;
    const now = namedBy(registry);
    for (const [key, place] of before) if (!now.has(key)) references.remove(place);
    before = now;
  });
}

function namedBy(registry: Registry): ReadonlyMap<string, HeldName> {
  const named = new Map<string, HeldName>();
  for (const { device, model } of registry.devices()) {
    const { namespace = "default" } = device.metadata;
    for (const { kind, name } of referencesOf(device, model)) {
      named.set(`${kind} ${namespace}/${name}`, { kind, namespace, name });
    }
  }
  return named;
}
