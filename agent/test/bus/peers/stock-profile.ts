import { readFileSync } from "node:fs";

interface TwinSide {
  readonly value: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What the stock mappers read of `deviceProfile.json`. */
export interface StockProfile {
  readonly deviceInstances: readonly {
    readonly id: string;
    readonly name: string;
    readonly model: string;
    readonly twins: readonly {
      readonly propertyName: string;
      readonly desired: TwinSide;
      readonly reported: TwinSide;
    }[];
  }[];
  readonly deviceModels: readonly {
    readonly name: string;
    readonly properties: readonly {
      readonly name: string;
      readonly dataType: string;
      readonly defaultValue: unknown;
    }[];
  }[];
}

/**
 * Reads the file as a Go program with typed structures does: unknown keys are skipped, a value of another type than
 * declared is an error of the whole file, a missing one is empty.
 */
export function readStockProfile(path: string): StockProfile {
  const root = object(JSON.parse(readFileSync(path, "utf8")), "$");
  return {
    deviceInstances: array(root.deviceInstances, "deviceInstances").map((each, index) => {
      const at = `deviceInstances[${index}]`;
      const instance = object(each, at);
      return {
        id: text(instance.id, `${at}.id`),
        name: text(instance.name, `${at}.name`),
        model: text(instance.model, `${at}.model`),
        twins: array(instance.twins, `${at}.twins`).map((entry) => {
          const twin = object(entry, `${at}.twins`);
          const side = (name: "desired" | "reported") => twinSide(twin[name], `${at}.twins.${name}`);
          return { propertyName: text(twin.propertyName, at), desired: side("desired"), reported: side("reported") };
        }),
      };
    }),
    deviceModels: array(root.deviceModels, "deviceModels").map((each) => {
      const model = object(each, "deviceModels");
      return {
        name: text(model.name, "deviceModels.name"),
        properties: array(model.properties, "properties").map((entry) => {
          const { name, dataType, defaultValue } = object(entry, "properties");
          return { name: text(name, "name"), dataType: text(dataType, "dataType"), defaultValue };
        }),
      };
    }),
  };
}

/** The pin in a model's constant: it must be a JSON number; undefined when the model has no such property. */
export function pinOf(profile: StockProfile, model: string, property: string): number | undefined {
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  const found = profile.deviceModels
    .find(({ name }) => same(name, model))
    ?.properties.find(({ name }) => same(name, property));
  if (!found) return undefined;
  if (typeof found.defaultValue !== "number") throw new Error(`${property}: the default is no number`);
  return found.defaultValue;
}

function twinSide(value: unknown, at: string): TwinSide {
  const side = object(value, at);
  const metadata = Object.entries(object(side.metadata, at)).map(([key, each]) => [key, text(each, `${at}.${key}`)]);
  return { value: text(side.value, at), metadata: Object.fromEntries(metadata) as Record<string, string> };
}

function object(value: unknown, at: string): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) throw new Error(`${at}: cannot unmarshal into an object`);
  return value as Record<string, unknown>;
}

function array(value: unknown, at: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error(`${at}: cannot unmarshal into a list`);
  return value as unknown[];
}

function text(value: unknown, at: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw new Error(`${at}: cannot unmarshal ${typeof value} into text`);
  return value;
}
