import { type ApiObject, sameJson } from "./api-object.ts";
import type { Definition } from "./resources/custom-resources.ts";
import type { ServedResource } from "./resources/served-resource.ts";
import { type Core, load, put, timestamp } from "./write/core.ts";
import { create } from "./write/create.ts";

/** Namespaces that clients take for granted. */
const namespaces = ["default", "kube-system", "kube-node-lease", "kubeedge"];

const options = { dryRun: false, manager: "edgetwin-bridge", fieldValidation: "Ignore", warn: () => {} } as const;

/** Writes what a new database lacks: its namespaces, and the definitions of this release. */
export function prepareStorage(core: Core): void {
  for (const name of namespaces) {
    const target = { resource: resource(core, "", "Namespace"), namespace: "", name };
    if (load(core, target)) continue;
    create(core, target, { object: { apiVersion: "v1", kind: "Namespace", metadata: { name } } }, options);
  }
  for (const definition of core.registry.definitions) prepareDefinition(core, definition);
}

function resource({ registry }: Core, group: string, kind: string): ServedResource {
  const found = registry.ofKind(group, kind);
  if (!found) throw new TypeError(`no resource for ${kind}`);
  return found;
}

function prepareDefinition(core: Core, definition: Definition): void {
  const target = {
    resource: resource(core, "apiextensions.k8s.io", "CustomResourceDefinition"),
    namespace: "",
    name: definition.metadata.name,
  };
  const before = load(core, target);
  if (before && sameJson(before.spec, definition.spec)) return;
  const object = {
    ...definition,
    metadata: before?.metadata ?? { name: target.name },
    status: statusOf(core, definition),
  } as unknown as ApiObject;
  if (before) put(core, target, { type: "MODIFIED", object });
  else create(core, target, { object }, options);
}

/** They are in force from the first moment on. */
function statusOf(core: Core, { spec }: Definition) {
  const condition = (type: string, reason: string) => ({
    type,
    status: "True",
    lastTransitionTime: timestamp(core),
    reason,
    message: "",
  });
  return {
    conditions: [condition("NamesAccepted", "NoConflicts"), condition("Established", "InitialNamesAccepted")],
    acceptedNames: spec.names,
    storedVersions: spec.versions.filter(({ storage }) => storage).map(({ name }) => name),
  };
}
