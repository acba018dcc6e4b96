import type { Fields } from "../api-object.ts";

/** How the value of a key is written. */
type Kind =
  | "text"
  | "texts"
  | "flag"
  | "count"
  | "double"
  /** Any value, as YAML; JSON is that too. */
  | "any"
  | "anys"
  | ((value: unknown) => Buffer)
  | readonly [(value: unknown) => Buffer];

/** Field number and kind by key. */
type Shape = Readonly<Record<string, readonly [field: number, kind: Kind]>>;

/** Encodes an OpenAPI document of version 2.0 in the protobuf of gnostic (`openapiv2/OpenAPIv2.proto`). */
export const encodeOpenApiV2 = (document: Fields): Buffer => documentShape(document);

/** A message with its fields from `shape`; keys that begin with `x-` go to the field of extensions. */
function message(shape: Shape | (() => Shape), extensions?: number): (value: unknown) => Buffer {
  return (value) => {
    const fields = typeof shape === "function" ? shape() : shape;
    const parts: Buffer[] = [];
    for (const [key, item] of Object.entries(value as Fields)) {
      if (item === undefined) continue;
      if (key.startsWith("x-")) {
        if (extensions !== undefined) parts.push(block(extensions, named(key, anyOf(item))));
        continue;
      }
      const known = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (!known) throw new TypeError(`OpenAPI 2.0 has no place for ${key}`);
      parts.push(...encoded(known[0], known[1], item));
    }
    return Buffer.concat(parts);
  };
}

/** A map as a list of names and values. */
const map =
  (field: number, value: (value: unknown) => Buffer) =>
  (entries: unknown): Buffer =>
    Buffer.concat(Object.entries(entries as Fields).map(([name, item]) => block(field, named(name, value(item)))));

function encoded(field: number, kind: Kind, value: unknown): Buffer[] {
  if (typeof kind === "function") return [block(field, kind(value))];
  if (typeof kind === "object") return (value as unknown[]).map((item) => block(field, kind[0](item)));
  switch (kind) {
    case "text":
      return [block(field, Buffer.from(String(value)))];
    case "texts":
      return (value as string[]).map((item) => block(field, Buffer.from(item)));
    case "flag":
      return [Buffer.concat([varint(field * 8), varint(value === true ? 1 : 0)])];
    case "count":
      return [Buffer.concat([varint(field * 8), varint(Number(value))])];
    case "double": {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(Number(value));
      return [Buffer.concat([varint(field * 8 + 1), bytes])];
    }
    case "any":
      return [block(field, anyOf(value))];
    case "anys":
      return (value as unknown[]).map((item) => block(field, anyOf(item)));
  }
}

const block = (field: number, bytes: Buffer): Buffer =>
  Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
const named = (name: string, value: Buffer): Buffer => Buffer.concat([block(1, Buffer.from(name)), block(2, value)]);
const anyOf = (value: unknown): Buffer => block(2, Buffer.from(`${JSON.stringify(value)}\n`));

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

const schema: (value: unknown) => Buffer = message(
  () => ({
    $ref: [1, "text"],
    format: [2, "text"],
    title: [3, "text"],
    description: [4, "text"],
    default: [5, "any"],
    maximum: [7, "double"],
    minimum: [9, "double"],
    maxLength: [11, "count"],
    minLength: [12, "count"],
    pattern: [13, "text"],
    maxItems: [14, "count"],
    minItems: [15, "count"],
    uniqueItems: [16, "flag"],
    required: [19, "texts"],
    enum: [20, "anys"],
    additionalProperties: [21, wrapped(1, schema)],
    // TypeItem holds a list, of one.
    type: [22, (value) => block(1, Buffer.from(String(value)))],
    items: [23, wrapped(1, schema)],
    properties: [25, map(1, schema)],
  }),
  31,
);

/** A message whose one field is another. */
function wrapped(field: number, of: (value: unknown) => Buffer): (value: unknown) => Buffer {
  return (value) => block(field, of(value));
}

const bodyParameter = message(
  { description: [1, "text"], name: [2, "text"], in: [3, "text"], required: [4, "flag"], schema: [5, schema] },
  6,
);
const queryParameter = message(
  {
    required: [1, "flag"],
    in: [2, "text"],
    description: [3, "text"],
    name: [4, "text"],
    type: [6, "text"],
    uniqueItems: [20, "flag"],
  },
  23,
);
const pathParameter = message(
  {
    required: [1, "flag"],
    in: [2, "text"],
    description: [3, "text"],
    name: [4, "text"],
    type: [5, "text"],
    uniqueItems: [19, "flag"],
  },
  22,
);

/** ParametersItem > Parameter > body, or NonBodyParameter > query or path. */
function parameter(value: unknown): Buffer {
  const place = (value as Fields).in;
  if (place === "body") return block(1, block(1, bodyParameter(value)));
  const inner = place === "path" ? block(4, pathParameter(value)) : block(3, queryParameter(value));
  return block(1, block(2, inner));
}

const response = message({ description: [1, "text"], schema: [2, wrapped(1, schema)] }, 5);
const operation = message(
  {
    description: [3, "text"],
    operationId: [5, "text"],
    produces: [6, "texts"],
    consumes: [7, "texts"],
    parameters: [8, [parameter]],
    responses: [9, map(1, wrapped(1, response))],
    schemes: [10, "texts"],
  },
  13,
);
const pathItem = message(
  {
    get: [2, operation],
    put: [3, operation],
    post: [4, operation],
    delete: [5, operation],
    patch: [8, operation],
    parameters: [9, [parameter]],
  },
  10,
);
const documentShape = message({
  swagger: [1, "text"],
  info: [2, message({ title: [1, "text"], version: [2, "text"] })],
  paths: [8, map(2, pathItem)],
  definitions: [9, map(1, schema)],
});
