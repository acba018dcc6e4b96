import type { Cause, Health, PropertyTwin } from "../../twin/types.ts";
import type { StoredResource, StoreWrite } from "../store.ts";

/** A device manifest of some length. */
export function resource(uid: string, manifest = `{"kind":"Device","name":"${uid}"}`): StoredResource {
  return {
    kind: "Device",
    namespace: "default",
    name: uid,
    uid,
    generation: 1,
    manifest,
    createdAt: 1_760_000_000_000,
  };
}

/** A twin whose desired version, and everything that follows from it, is `version`. */
export function twin(name: string, version: number): PropertyTwin {
  return {
    name,
    type: "STRING",
    optional: false,
    desired: {
      value: `v${version}`,
      version,
      at: 1_760_000_000_000 + version,
      origin: { door: "rest", actor: "test" },
    },
    progress: { phase: "pending", version, at: 1_760_000_000_000 + version, attempts: 0 },
    lastVersion: version,
    appliedVersion: version - 1,
    causes: version,
  };
}

/** The cause with this place in the log of `property`. */
export function cause(property: string, seq: number): Cause {
  const origin = { door: "mqtt", actor: "client 7", request: `r${seq}` } as const;
  return {
    property,
    seq,
    at: 1_760_000_000_000 + seq,
    origin,
    what: "desired",
    version: seq + 1,
    value: `v${seq + 1}`,
  };
}

/** Health as `state`, told at `at`. */
export function health(state: Health["state"], at = 1_760_000_000_000): Health {
  return { state, at };
}

/** What one change of a desired value writes. */
export function change(device: string, property: string, version: number): readonly StoreWrite[] {
  return [
    { put: "twin", device, twin: twin(property, version) },
    { put: "cause", device, cause: cause(property, version - 1) },
  ];
}
