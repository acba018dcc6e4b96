import { type AgentErrorCode, agentErrors } from "../../errors.ts";
import { changeTypes, manifestTypes } from "../body.ts";
import type { Route } from "../route.ts";
import { examples } from "./examples.ts";
import { type Operation, operations } from "./operations.ts";
import { schemas } from "./schemas.ts";

const parameters: Readonly<Record<string, string>> = {
  namespace: "Namespace of the resource, or of those to list.",
  name: "Name of the resource.",
  property: "Name of the property.",
  method: "Name of the method.",
  file: "Name of the file, for messages.",
  limit: "Only the newest so many.",
  from: "A time (RFC 3339) or how long ago; default 24h.",
  to: "A time (RFC 3339) or how long ago; default now.",
  points: "Spans of a number, or the most changes of a text or a switch; 1 to 2000, default 240.",
  format: "`json` (default) or `csv`.",
  wait: "applied or verified: answer when the device has the values.",
  timeout: "How long to wait, e.g. 10s; default 10s.",
  "If-Match": "Entity tag of what was read; 412 when it changed since.",
  Prefer: "wait=10 is short for wait=verified and timeout=10s (RFC 7240).",
  "Last-Event-ID": "Id of the last event seen; leads to a fresh snapshot.",
};

const everywhere: readonly AgentErrorCode[] = ["REQUEST_INVALID", "UNAUTHORIZED", "FORBIDDEN"];
const withBody: readonly AgentErrorCode[] = ["MEDIA_TYPE_UNSUPPORTED", "BODY_TOO_LARGE"];

/** The OpenAPI 3.1 document of the REST API with `routes`. */
export function openApiDocument(version: string, routes: readonly Route[]): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const item = paths[operation.path] ?? {};
    item[operation.method.toLowerCase()] = describe(operation, routes);
    paths[operation.path] = item;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Edgetwin agent",
      version,
      description: "Twins of the devices of one edge machine. Over the Unix socket no token is needed.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: Object.fromEntries(
        Object.entries(schemas).map(([name, schema]) => [
          name,
          name in examples ? { ...schema, examples: [examples[name]] } : schema,
        ]),
      ),
    },
  };
}

function describe(operation: Operation, routes: readonly Route[]): Record<string, unknown> {
  const { method, path, id, summary, description, request, headers = [] } = operation;
  const route = routes.find((candidate) => candidate.method === method && candidate.path === path);
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => parameter("path", name));
  const inQuery = (route?.query ?? []).map((name) => parameter("query", name));
  const inHeader = headers.map((name) => parameter("header", name));
  return {
    operationId: id,
    summary,
    ...(description && { description }),
    ...(route?.open && { security: [] }),
    parameters: [...inPath, ...inQuery, ...inHeader],
    ...(request && { requestBody: { required: true, content: requestContent(request) } }),
    responses: responses(operation),
  };
}

const parameter = (place: "path" | "query" | "header", name: string) => ({
  name,
  in: place,
  description: parameters[name],
  ...(place === "path" && { required: true }),
  schema: { type: "string" },
});

function requestContent(request: string): Record<string, unknown> {
  if (request === "manifest") return Object.fromEntries(manifestTypes.map((type) => [type, {}]));
  return Object.fromEntries(changeTypes.map((type) => [type, { schema: { $ref: `#/components/schemas/${request}` } }]));
}

function responses({ answer, also = [], errors = [], request }: Operation): Record<string, unknown> {
  const good = [answer === undefined ? 204 : 200, ...also].map((status): [number, unknown] => [
    status,
    { description: "Done", ...(answer !== undefined && { content: answerContent(answer) }) },
  ]);
  const codes = [...everywhere, ...(request ? withBody : []), ...errors];
  const byStatus = new Map<number, AgentErrorCode[]>();
  for (const code of codes) {
    const { status } = agentErrors[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const bad = [...byStatus].map(([status, names]): [number, unknown] => [
    status,
    { description: names.join(", "), content: { "application/problem+json": { schema: problem } } },
  ]);
  return Object.fromEntries([...good, ...bad]);
}

const problem = { $ref: "#/components/schemas/Problem" };

function answerContent(answer: string): Record<string, unknown> {
  if (answer.includes("/")) return { [answer]: {} };
  return { "application/json": { schema: { $ref: `#/components/schemas/${answer}` } } };
}
