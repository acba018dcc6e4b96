import type { Fields } from "../api-object.ts";
import type { Registry } from "../resources/registry.ts";
import { apiVersionOf, type ServedResource } from "../resources/served-resource.ts";
import type { Schema } from "../validation/schema.ts";
import { definitionOf, metaDefinitions, nameOf } from "./definitions.ts";

const query = (name: string, type: string, description: string) => ({
  name,
  in: "query",
  description,
  schema: { type, uniqueItems: true },
});
const inPath = (name: string) => ({ name, in: "path", required: true, schema: { type: "string", uniqueItems: true } });

const writeParameters = [
  query("dryRun", "string", "All: do everything but keep the change."),
  query("fieldManager", "string", "Who owns the fields that are written."),
  query("fieldValidation", "string", "What becomes of unknown fields: Strict, Warn or Ignore."),
];
const selectParameters = [
  query("labelSelector", "string", "Only objects with these labels."),
  query("fieldSelector", "string", "Only objects with these fields."),
  query("limit", "integer", "No more than this at once."),
  query("continue", "string", "Where the list before ended."),
  query("resourceVersion", "string", "Of which point in time, or after which one."),
  query("resourceVersionMatch", "string", "How exactly: Exact or NotOlderThan."),
  query("timeoutSeconds", "integer", "How long."),
  query("watch", "boolean", "What happens from now on instead of what is there."),
];

/** The OpenAPI document of a group version, version 3.0. */
export function openApiV3(registry: Registry, group: string, version: string): Fields {
  const resources = registry.in(group, version);
  const paths: Record<string, Fields> = {};
  for (const resource of resources) Object.assign(paths, pathsOf(resource));
  const schemas: Record<string, Schema | Fields> = { ...metaDefinitions };
  for (const resource of resources) Object.assign(schemas, definitionOf(resource));
  return { openapi: "3.0.0", info: { title: "Kubernetes", version: "v1.32.0" }, paths, components: { schemas } };
}

function pathsOf(resource: ServedResource): Record<string, Fields> {
  const root = resource.group === "" ? `/api/${resource.version}` : `/apis/${apiVersionOf(resource)}`;
  const place = resource.namespaced ? `${root}/namespaces/{namespace}` : root;
  const parameters = resource.namespaced ? [inPath("namespace")] : [];
  const of = (verbs: Record<string, string>, more: readonly Fields[]) => ({
    ...operationsOf(resource, verbs),
    parameters: [...parameters, ...more],
  });
  return {
    ...(resource.namespaced && { [`${root}/${resource.plural}`]: operationsOf(resource, { get: "list" }) }),
    [`${place}/${resource.plural}`]: of({ get: "list", post: "create", delete: "deletecollection" }, []),
    [`${place}/${resource.plural}/{name}`]: of({ get: "get", put: "update", patch: "patch", delete: "delete" }, [
      inPath("name"),
    ]),
    ...(resource.hasStatus && {
      [`${place}/${resource.plural}/{name}/status`]: of({ get: "get", put: "update", patch: "patch" }, [
        inPath("name"),
      ]),
    }),
  };
}

function operationsOf(resource: ServedResource, verbs: Readonly<Record<string, string>>): Record<string, Fields> {
  const allowed = Object.entries(verbs).filter(([, verb]) => resource.verbs.includes(verb));
  return Object.fromEntries(allowed.map(([method, verb]) => [method, operationOf(resource, verb)]));
}

const actions: Readonly<Record<string, string>> = { get: "get", put: "update", update: "put" };

function operationOf(resource: ServedResource, verb: string): Fields {
  const { group, version, kind, listKind } = resource;
  const writes = ["create", "update", "patch"].includes(verb);
  const selects = verb === "list" || verb === "deletecollection";
  const schema = { $ref: `#/components/schemas/${nameOf(resource, verb === "list" ? listKind : kind)}` };
  const body = verb === "patch" ? patchBody : { "application/json": { schema }, "application/yaml": { schema } };
  return {
    description: `${verb} ${kind}`,
    operationId: `${verb}${group.replaceAll(/[^a-z0-9]/gi, "_")}${version}${kind}`,
    "x-kubernetes-action": actions[verb] ?? verb,
    "x-kubernetes-group-version-kind": { group, version, kind },
    parameters: [...(writes ? writeParameters : []), ...(selects ? selectParameters : [])],
    ...(writes && { requestBody: { required: true, content: body } }),
    responses: {
      200: { description: "OK", content: { "application/json": { schema } } },
      401: { description: "Unauthorized" },
    },
  };
}

const patchBody = Object.fromEntries(
  ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"].map((type) => [
    type,
    { schema: { $ref: "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.Patch" } },
  ]),
);
