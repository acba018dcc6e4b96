import type { Fields } from "../api-object.ts";
import { apiVersionOf, type ServedResource } from "../resources/served-resource.ts";
import { objectMeta, type Schema, text } from "../validation/schema.ts";

const meta = "io.k8s.apimachinery.pkg.apis.meta.v1";
const refTo = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** The name of a kind among the schemas of a document. */
export function nameOf({ group, version }: Pick<ServedResource, "group" | "version">, kind: string): string {
  if (group === "") return `io.k8s.api.core.${version}.${kind}`;
  return `${group.split(".").reverse().join(".")}.${version}.${kind}`;
}

const describe = (schema: Schema, description: string): Schema => ({ ...schema, description });

/** The schemas that every document shares. */
export const metaDefinitions: Readonly<Record<string, Fields | Schema>> = {
  [`${meta}.ObjectMeta`]: describe(
    objectMeta,
    "What every object has: its name, who it is and what is attached to it.",
  ),
  [`${meta}.ListMeta`]: {
    description: "Of which point in time a list is and how it goes on.",
    type: "object",
    properties: {
      continue: text,
      remainingItemCount: { type: "integer", format: "int64" },
      resourceVersion: text,
      selfLink: text,
    },
  },
  [`${meta}.Patch`]: { description: "Changes to an object.", type: "object" },
};

/** The schemas of a resource and of its lists. */
export function definitionOf(resource: ServedResource): Record<string, Fields> {
  const { group, version, kind, listKind, schema } = resource;
  const typed = {
    apiVersion: describe(text, `Group and version: ${apiVersionOf(resource)}.`),
    kind: describe(text, "What it is; never changes."),
  };
  return {
    [nameOf(resource, kind)]: {
      ...schema,
      description: schema.description ?? kind,
      type: "object",
      properties: {
        ...schema.properties,
        ...typed,
        metadata: { description: "What every object has.", default: {}, allOf: [refTo(`${meta}.ObjectMeta`)] },
      },
      "x-kubernetes-group-version-kind": [{ group, kind, version }],
    },
    [nameOf(resource, listKind)]: {
      description: `A list of ${kind} objects.`,
      type: "object",
      required: ["items"],
      properties: {
        ...typed,
        items: { type: "array", items: refTo(nameOf(resource, kind)) },
        metadata: { default: {}, allOf: [refTo(`${meta}.ListMeta`)] },
      },
      "x-kubernetes-group-version-kind": [{ group, kind: listKind, version }],
    },
  };
}
