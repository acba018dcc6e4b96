import { didYouMean, type Property, p } from "@edgetwin/mapper-sdk";
import { CreateError } from "./errors.ts";

/** Types that a property can be given by name; a list such as `OFF/ON` is one too. */
export const typeNames = ["boolean", "int", "float", "double", "string", "bytes"] as const;

const form = "write NAME:TYPE:ACCESS, for example temperature:float:r or mode:OFF/ON:rw";

/**
 * Properties by name from their short form `NAME:TYPE:ACCESS[:UNIT]`, several separated by commas.
 *
 * @throws CreateError `PROPERTY_INVALID` naming the property and what to write instead.
 */
export function parseProperties(specs: readonly string[]): Record<string, Property> {
  const properties = new Map<string, Property>();
  for (const spec of specs.flatMap((text) => text.split(",")).map((text) => text.trim())) {
    if (spec === "") continue;
    const [name = "", type = "", access = "", unit, ...rest] = spec.split(":").map((part) => part.trim());
    checkPropertyName(name, spec);
    if (properties.has(name)) throw invalid(spec, `the property ${name} is already there; rename one of them`);
    if (rest.length > 0) throw invalid(spec, `has too many parts; ${form}`);
    const facts = { access: accessOf(access, spec), ...(unit !== undefined && unit !== "" && { unit }) };
    properties.set(name, propertyOf(type, facts, spec));
  }
  return Object.fromEntries(properties);
}

const invalid = (spec: string, why: string) =>
  new CreateError("PROPERTY_INVALID", `property ${JSON.stringify(spec.slice(0, 80))}: ${why}`);

/** Names stand in code: `values.temperature`. */
function checkPropertyName(name: string, spec: string): void {
  if (name === "") throw invalid(spec, `has no name; ${form}`);
  if (name === "__proto__") throw invalid(spec, "__proto__ means something else in JavaScript; rename it");
  if (/^[A-Za-z_]\w*$/.test(name) && name.length <= 50) return;
  const better = name
    .replace(/[^A-Za-z0-9_]+(\w?)/g, (_, letter: string) => letter.toUpperCase())
    .replace(/^[^A-Za-z_]+/, "")
    .slice(0, 50);
  const hint = better === "" ? "" : `; for example ${better}`;
  throw invalid(spec, `${JSON.stringify(name)} must have letters, digits and "_", and begin with a letter${hint}`);
}

function accessOf(access: string, spec: string): "r" | "rw" {
  if (access === "r" || access === "rw") return access;
  const got = access === "" ? "its access is missing" : `its access ${JSON.stringify(access)} is unknown`;
  throw invalid(spec, `${got}; write r (only read) or rw (people may set it), as in temperature:float:r`);
}

function propertyOf(type: string, facts: { access: "r" | "rw"; unit?: string }, spec: string): Property {
  if (type.includes("/")) return p.oneOf(optionsOf(type, spec), facts) as Property;
  const known = typeNames.find((name) => name === type);
  if (known) return p[known](facts) as Property;
  const got = type === "" ? "its type is missing" : `there is no type ${JSON.stringify(type)}`;
  throw invalid(spec, `${got}; write ${typeNames.join(", ")} or values like OFF/ON${didYouMean(type, typeNames)}`);
}

function optionsOf(type: string, spec: string): readonly string[] {
  const options = type.split("/").map((option) => option.trim());
  if (options.some((option) => option === "")) throw invalid(spec, `one of its values is empty; ${form}`);
  const distinct = new Set(options.map((option) => option.toLowerCase()));
  if (distinct.size < options.length) throw invalid(spec, "two of its values differ at most in case; remove one");
  return options;
}
