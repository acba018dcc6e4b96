import type { Model, Property, Safety, Value } from "@edgetwin/mapper-sdk";
import { ModelError } from "../errors.ts";
import { modelOf } from "../model/model-of.ts";
import type { DeviceModel } from "../v1beta1.ts";
import { formatText } from "../values/format-text.ts";
import { builderOf, type PropertyBuilder } from "./builder-of.ts";
import { constantName } from "./constant-name.ts";
import { dataSource } from "./data-source.ts";
import { keyLiteral, numberLiteral, textLiteral, valueLiteral } from "./literals.ts";
import { layOut, type Source, type SourceEntry, text } from "./source.ts";

/** What a module says about itself. */
export interface ModuleOptions {
  /** Where the models come from and how the module is made again, for the comment at its top. */
  readonly origin?: string;
}

/**
 * A TypeScript module with one `defineModel` constant for each model, named after it, formatted and with doc comments. The
 * same models give the same text. An INT is handled as a `number`, unless a bound or a value of its safety envelope needs
 * 64 bits. Constants of read-only properties, which a manifest brings, are told in the comments.
 *
 * @throws ModelError `MODEL_INVALID` like {@link modelOf}, and when two models would get the same constant.
 */
export function modelModule(
  models: readonly DeviceModel[],
  { origin }: ModuleOptions = {},
): { text: string; warnings: string[] } {
  const seen = new Map<string, string>();
  const warnings: string[] = [];
  const constants = models.map((resource) => {
    const { model, warnings: found } = modelOf(resource);
    const name = constantName(model.name);
    const other = seen.get(name);
    if (other !== undefined) throw new ModelError("MODEL_INVALID", [sameConstant(model.name, { other, name })]);
    seen.set(name, model.name);
    warnings.push(...found.map((warning) => `DeviceModel ${model.name}: ${warning}`));
    return `${modelComment(resource)}\n${modelDeclaration(model, name)}`;
  });
  const origins = origin === undefined ? [] : [`// ${oneLine(origin)}\n`];
  const header = [...origins, 'import { defineModel, p } from "@edgetwin/mapper-sdk";\n'].join("");
  return { text: [header, ...constants].join("\n"), warnings };
}

const sameConstant = (model: string, { other, name }: { readonly other: string; readonly name: string }) =>
  ({
    severity: "error",
    resource: `DeviceModel ${model}`,
    path: "metadata.name",
    value: model,
    message: `"${model}" and "${other}" would both be the constant ${name}; make a module of each`,
  }) as const;

function modelComment({ metadata, spec }: DeviceModel): string {
  const protocol = spec.protocol ? `, served over ${spec.protocol}` : "";
  return `/** ${comment(`The device model ${metadata.name}${protocol}.`)} */`;
}

/**
 * The statement `export const CONSTANT = defineModel(…);` for a model, with a line break at its end, formatted as in
 * {@link modelModule}. `builderOf` tells which builder of the SDK a property gets. Without `comments`, nothing is said twice.
 */
export function modelDeclaration(model: Model, constant: string, { comments = true } = {}): string {
  const start = `export const ${constant} = `;
  const entries = Object.entries(model.properties).map(([name, property]): SourceEntry => {
    return {
      key: keyLiteral(name),
      value: builder(property, builderOf(model, name)),
      comment: comments ? factsComment(property) : undefined,
    };
  });
  const properties: Source = { kind: "object", entries, open: entries.length > 0 };
  const rules = [
    ...safetyEntries(model),
    ...(model.verify ? [{ key: "verify", value: dataSource(model.verify) }] : []),
  ];
  const hasRules = model.safety !== undefined || model.verify !== undefined;
  const args = [
    text(textLiteral(model.name)),
    properties,
    ...(hasRules ? [{ kind: "object", entries: rules } as const] : []),
  ];
  return `${start}${layOut({ kind: "call", callee: "defineModel", args }, { indent: 0, before: start.length, after: 1 })};\n`;
}

/** `p.float({ access: "rw", unit: "°C", min: 0, max: 50 })`. */
function builder(property: Property, kind: PropertyBuilder): Source {
  const { access, unit, min, max, options, description } = property;
  const bound = (value: number | bigint) =>
    text(typeof value === "number" ? boundLiteral(property, value) : `${value}${kind === "int64" ? "n" : ""}`);
  const facts: readonly (SourceEntry | false)[] = [
    access === "rw" && { key: "access", value: text('"rw"') },
    unit !== undefined && { key: "unit", value: text(textLiteral(unit)) },
    min !== undefined && { key: "min", value: bound(min) },
    max !== undefined && { key: "max", value: bound(max) },
    description !== undefined && { key: "description", value: text(textLiteral(description)) },
  ];
  const entries = facts.filter((fact) => fact !== false);
  const list: Source = { kind: "list", items: (options ?? []).map((option) => text(textLiteral(option))) };
  const args: readonly Source[] = [
    ...(kind === "oneOf" ? [list] : []),
    ...(entries.length > 0 ? [{ kind: "object", entries } as const] : []),
  ];
  return { kind: "call", callee: `p.${kind}`, args };
}

/** Shortest digits: a FLOAT of 0.1 is 0.1, not 0.10000000149011612. */
const boundLiteral = ({ type }: Property, value: number): string =>
  type === "FLOAT" ? numberLiteral(Number(formatText(value, type))) : numberLiteral(value);

function safetyEntries(model: Model): SourceEntry[] {
  const { properties, safety = {} } = model;
  const values = (given: Readonly<Record<string, unknown>>): Source => ({
    kind: "object",
    entries: Object.entries(given).map(([name, value]) => {
      const property = properties[name] as Property; // modelOf has checked it
      return {
        key: keyLiteral(name),
        value: valueLiteral(property, value as Value, builderOf(model, name) === "int64"),
      };
    }),
  });
  const { interlocks, failSafe }: Safety = safety;
  const items = (interlocks ?? []).map(({ never, because }): Source => {
    const reason = because === undefined ? [] : [{ key: "because", value: text(textLiteral(because)) }];
    return { kind: "object", entries: [{ key: "never", value: values(never) }, ...reason] };
  });
  return [
    ...(items.length > 0 ? [{ key: "interlocks", value: { kind: "list", items } as const }] : []),
    ...(failSafe ? [{ key: "failSafe", value: values(failSafe) }] : []),
  ];
}

/** What an editor shows about a property: its description, then unit, range and constant. */
function factsComment(property: Property): string | undefined {
  const { description, unit, min, max, constant, type } = property;
  const shown = (value: number | bigint) => (typeof value === "number" ? boundLiteral(property, value) : `${value}`);
  const range =
    min !== undefined && max !== undefined
      ? `${shown(min)} to ${shown(max)}`
      : min !== undefined
        ? `at least ${shown(min)}`
        : max !== undefined
          ? `at most ${shown(max)}`
          : undefined;
  const always = constant === undefined ? undefined : `always ${formatText(constant, type)} in the manifest`;
  const facts = [unit, range, always].filter((fact) => fact !== undefined).join(", ");
  const words = description === undefined ? facts : facts === "" ? description : `${description} (${facts})`;
  return words.trim() === "" ? undefined : comment(words);
}

/** Text that neither ends its comment nor breaks its line. */
const comment = (words: string): string => oneLine(words).replaceAll("*/", "*\\/");

const oneLine = (words: string): string => words.replace(/[\s\p{Cc}\u2028\u2029]+/gu, " ").trim();
