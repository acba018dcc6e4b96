import { type Fields, fieldsAt, isFields } from "../api-object.ts";
import type { Registry } from "../resources/registry.ts";
import { openApiV3 } from "./document.ts";

/** The OpenAPI document of everything that is served, version 2.0, made of the documents of version 3.0. */
export function openApiV2(registry: Registry): Fields {
  const paths: Fields = {};
  const definitions: Fields = {};
  for (const [group, version] of groupVersionsOf(registry)) {
    const document = openApiV3(registry, group, version);
    for (const [path, item] of Object.entries(fieldsAt(document, "paths"))) paths[path] = pathItem(item as Fields);
    for (const [name, schema] of Object.entries(fieldsAt(document, "components", "schemas"))) {
      definitions[name] = schemaOf(schema as Fields);
    }
  }
  return { swagger: "2.0", info: { title: "Kubernetes", version: "1.32" }, paths, definitions };
}

function groupVersionsOf({ resources }: Registry): (readonly [string, string])[] {
  const found = new Map(resources.map(({ group, version }) => [`${group}/${version}`, [group, version] as const]));
  return [...found.values()];
}

const media = ["application/json", "application/yaml"];

function pathItem(item: Fields): Fields {
  const { parameters = [], ...operations } = item;
  return {
    ...Object.fromEntries(Object.entries(operations).map(([method, operation]) => [method, operationOf(operation)])),
    parameters: (parameters as Fields[]).map(parameterOf),
  };
}

function operationOf(operation: unknown): Fields {
  const { requestBody, responses, parameters = [], ...rest } = operation as Fields;
  const consumed = isFields(requestBody) ? fieldsAt(requestBody, "content") : undefined;
  const [body] = Object.values(consumed ?? {});
  const inBody = body === undefined ? [] : [{ name: "body", in: "body", required: true, ...withSchema(body) }];
  return {
    ...rest,
    consumes: consumed ? Object.keys(consumed) : media,
    produces: media,
    schemes: ["https"],
    parameters: [...inBody, ...(parameters as Fields[]).map(parameterOf)],
    responses: Object.fromEntries(
      Object.entries(fieldsAt(responses)).map(([status, response]) => {
        const { description } = response as Fields;
        return [status, { description, ...withSchema(fieldsAt(response, "content", "application/json")) }];
      }),
    ),
  };
}

const withSchema = (content: unknown): Fields => {
  const { schema } = fieldsAt(content);
  return isFields(schema) ? { schema: schemaOf(schema) } : {};
};

/** The schema of a parameter is not below it, but beside its name. */
const parameterOf = ({ schema, ...rest }: Fields): Fields => ({ ...rest, ...fieldsAt(schema) });

/**
 * A schema as version 2.0 has it. That knows neither null nor "an integer or a text", and clients refuse fields beside
 * those that are listed; where the object may be any of these, it says nothing, as kube-apiserver does.
 */
function schemaOf(schema: Fields): Fields {
  const { allOf, default: fallback, nullable, type, properties, items, additionalProperties, ...rest } = schema;
  const [reference] = Array.isArray(allOf) ? (allOf as Fields[]) : [];
  if (reference) return { description: rest.description, ...schemaOf(reference) };
  if (typeof rest.$ref === "string")
    return { ...rest, $ref: rest.$ref.replace("#/components/schemas/", "#/definitions/") };
  const isAnything =
    nullable === true ||
    rest["x-kubernetes-preserve-unknown-fields"] === true ||
    rest["x-kubernetes-int-or-string"] === true;
  if (isAnything) return rest;
  return {
    ...rest,
    ...(fallback !== undefined && { default: fallback }),
    ...(type !== undefined && { type }),
    ...(isFields(items) && { items: schemaOf(items) }),
    ...(isFields(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, schemaOf(property as Fields)]),
      ),
    }),
    ...(isFields(additionalProperties) && { additionalProperties: schemaOf(additionalProperties) }),
  };
}
