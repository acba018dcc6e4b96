import fc from "fast-check";
import { type ApiVersion, annotations, type Kind, type Resource } from "../src/index.ts";
import type { Schema } from "../src/schema/schema.ts";
import { schemas } from "../src/schema/schemas.ts";

/** Few names, so that twins, visitors and properties of one object meet. */
const names = fc.constantFrom("red", "green", "level", "__proto__", "a b");
const words = fc.oneof(
  names,
  fc.constantFrom("", "modbus", "gpio", "constructor", "5", "-1.5", "9223372036854775807"),
  fc.string(),
);

/** Texts that mean something to the conversion where they stand below `metadata.annotations`. */
const annotationTexts = fc.constantFrom(
  ...[annotations.defaultValues, annotations.nodeSelector],
  '{"red":5,"level":"x"}',
  '{"nodeSelectorTerms":[{"matchExpressions":[{"key":"hostname","operator":"In","values":["node-1"]}]}]}',
  "{",
);

const integers = fc.oneof(
  fc.integer({ min: -1, max: 3 }),
  fc.maxSafeInteger(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
);
const numbers = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.constant(null),
    fc.boolean(),
    integers,
    numbers,
    words,
    fc.array(tie("value"), { maxLength: 2 }),
    fc.dictionary(words, tie("value"), { maxKeys: 2, noNullPrototype: true }),
  ),
})).value;

const freeObject = fc.dictionary(
  fc.oneof(words, fc.constantFrom("slaveID", "ip", "serialPort", "offset", "url", "protocolID")),
  json,
  { maxKeys: 4, noNullPrototype: true },
);

/** Anything that fits `schema`, with nulls and unknown fields here and there, as KubeEdge lets them through. */
export function arbitraryOf(schema: Schema): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case "text":
      if (schema.oneOf) return fc.constantFrom(...schema.oneOf);
      if (schema.like) return fc.constantFrom("lamp", "default", "node-1");
      return schema.notEmpty ? names : words;
    case "boolean":
      return fc.boolean();
    case "integer":
    case "number":
      if (schema.oneOf) return fc.constantFrom(...schema.oneOf);
      if (schema.min !== undefined) return fc.integer({ min: schema.min, max: schema.max ?? 255 });
      return schema.type === "integer" ? integers : fc.oneof(integers, numbers);
    case "free":
      return freeObject;
    case "map":
      return fc.dictionary(fc.oneof(words, annotationTexts), fc.oneof(arbitraryOf(schema.of), annotationTexts), {
        maxKeys: 3,
        noNullPrototype: true,
      });
    case "list": {
      const { key } = schema;
      if (key === undefined) return fc.array(arbitraryOf(schema.of), { maxLength: 2 });
      const selector = (entry: unknown) => (entry as Record<string, unknown>)[key];
      return fc.uniqueArray(arbitraryOf(schema.of), { maxLength: 4, selector });
    }
    case "object":
      return objectOf(schema);
  }
}

function objectOf({
  fields,
  required = [],
  exactlyOne,
  atMostOne = [],
  open,
}: Schema & { type: "object" }): fc.Arbitrary<unknown> {
  const all = Object.keys(fields);
  const group = exactlyOne ? all : atMostOne;
  const oneOfGroup = exactlyOne
    ? fc.constantFrom(...all)
    : fc.option(fc.constantFrom(...(group.length > 0 ? group : [""])), { nil: "" });
  return oneOfGroup.chain((chosen) => {
    const present = all.filter((name) => !group.includes(name) || name === chosen);
    const entries = present.map((name) => {
      const value = arbitraryOf(fields[name] as Schema);
      const certain = required.includes(name) || name === chosen;
      return [name, certain ? value : fc.option(value, { freq: 8 })] as const;
    });
    const known = fc.record(Object.fromEntries(entries), {
      requiredKeys: present.filter((name) => required.includes(name) || (exactlyOne === true && name === chosen)),
      noNullPrototype: true,
    });
    const unknown = fc.dictionary(fc.constantFrom("zzUnknown", "__proto__"), json, {
      maxKeys: 1,
      noNullPrototype: true,
    });
    const extras = open ? fc.constant({}) : fc.option(unknown, { freq: 6, nil: {} });
    return fc
      .tuple(known, extras)
      .map(([object, more]) =>
        Object.fromEntries([...Object.entries(object as object), ...Object.entries(more as object)]),
      );
  });
}

/** Any valid resource of a kind and version. */
export function arbitraryResource(version: ApiVersion, kind: Kind): fc.Arbitrary<Resource> {
  const schema = schemas[version][kind];
  if (!schema) throw new TypeError(`${version} has no ${kind}`);
  return arbitraryOf(schema).map(
    (value) => ({ ...(value as object), apiVersion: `devices.kubeedge.io/${version}`, kind }) as unknown as Resource,
  );
}
