import { MapperError } from "../../errors.ts";
import { defineModel, type Model, type Property } from "../../model.ts";
import { p } from "../../property.ts";
import type { DescribedModel, DescribedModelProperty } from "./device-description.ts";

/** The model of a manager as one of ours; of its properties those named in `located`. */
export function edgeModel({ name, properties }: DescribedModel, located: ReadonlySet<string>): Model {
  const built = properties
    .filter((property) => located.has(property.name))
    .map((property): [string, Property] => [property.name, propertyOf(property)]);
  return defineModel(name, Object.fromEntries(built));
}

function propertyOf(described: DescribedModelProperty): Property {
  const { name, type, writable, description, unit } = described;
  const access = writable ? "rw" : "r";
  const facts = { access, ...(description && { description }), ...(unit && { unit }) } as const;
  switch (type) {
    case "INT":
      return p.int64({ ...facts, ...rangeOf(described, wholeOf) });
    case "FLOAT":
      return p.float({ ...facts, ...rangeOf(described, Number) });
    case "DOUBLE":
      return p.double({ ...facts, ...rangeOf(described, Number) });
    case "STRING":
      return p.string(facts);
    case "BOOLEAN":
      return p.boolean(facts);
    case "BYTES":
      return p.bytes(facts);
    default:
      throw new MapperError("CONFIG_INVALID", `property ${name} has the type ${type || "(none)"}, which is not served`);
  }
}

/** Limits that are texts; one that is no number limits nothing, as with KubeEdge, which never looks at them. */
function rangeOf<N extends number | bigint>(
  { minimum, maximum }: DescribedModelProperty,
  parse: (text: string) => N,
): { min?: N; max?: N } {
  const [min, max] = [minimum, maximum].map((text) => limitOf(text, parse));
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}

function limitOf<N extends number | bigint>(text: string | undefined, parse: (text: string) => N): N | undefined {
  if (text === undefined || text.trim() === "" || !Number.isFinite(Number(text))) return undefined;
  return parse(text);
}

const wholeOf = (text: string): bigint =>
  /^\s*-?\d+\s*$/.test(text) ? BigInt(text.trim()) : BigInt(Math.trunc(Number(text)));
