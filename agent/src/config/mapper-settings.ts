import { f, fields, MapperError, type Output, parse } from "@edgetwin/mapper-sdk";
import type { Isolation } from "./preferred-isolation.ts";
import { parseSize } from "./size.ts";

/** A Node.js process alone takes about 45 MiB; below this no mapper would live long. */
const leastBytes = 56 * 2 ** 20;

const memory = f.custom('a size of at least 56MiB, like "96MiB"', (raw) => {
  const bytes = parseSize(raw);
  return bytes !== undefined && bytes >= leastBytes ? bytes : undefined;
});

/** Part of a file name and a label of metrics. */
const name = f.custom("a name of letters, digits, dots, dashes and underscores, at most 64", (raw) =>
  typeof raw === "string" && /^[A-Za-z0-9][\w.-]{0,63}$/.test(raw) ? raw : undefined,
);

/** One entry of `mappers` that is more than a name. docs/reference/configuration.md explains each setting; a test compares the two. */
export const mapperShape = {
  package: f.string(),
  /** `process`: in a process of its own, which the agent starts, watches and starts again. */
  isolation: f.optional(f.oneOf(["inline", "process"])),
  /** What the process may take; it is ended and started again when it takes more. */
  memory: f.withDefault(memory, 128 * 2 ** 20),
  /** What the process logs; default what the agent logs. */
  log: f.optional(f.oneOf(["debug", "info", "warn", "error"])),
  /** Default: the package. */
  name: f.optional(name),
};

const schema = fields(mapperShape);

/** One mapper package and how it runs. */
export type MapperSettings = Omit<Output<typeof schema>, "name" | "log" | "isolation"> & {
  readonly name: string;
  readonly isolation: Isolation;
  readonly log: "debug" | "info" | "warn" | "error" | undefined;
};

const textSchema = fields({ package: f.string() });

/** Says where a package runs that the configuration says nothing about. */
export type PreferredIsolation = (name: string) => Isolation;

/**
 * Reads `mappers`: names or paths, or objects that say more about one.
 * @throws MapperError `CONFIG_INVALID` with one line for everything that is wrong.
 */
export function parseMappers(raw: unknown, preferred: PreferredIsolation): readonly MapperSettings[] {
  if (!Array.isArray(raw)) {
    throw new MapperError("CONFIG_INVALID", 'mappers: expected a list like ["@edgetwin/mapper-gpio"]');
  }
  const problems: string[] = [];
  const settings = raw.flatMap((entry: unknown, index) => {
    try {
      return [parseOne(entry, { where: `mappers.${index}`, preferred })];
    } catch (error) {
      if (!(error instanceof MapperError)) throw error;
      problems.push(error.message);
      return [];
    }
  });
  const names = settings.map((mapper) => mapper.name);
  for (const twice of new Set(names.filter((one, index) => names.indexOf(one) !== index))) {
    problems.push(`mappers: two are called ${twice}; give one of them another "name"`);
  }
  if (problems.length > 0) throw new MapperError("CONFIG_INVALID", problems.join("\n"));
  return settings;
}

function parseOne(
  raw: unknown,
  { where, preferred }: { readonly where: string; readonly preferred: PreferredIsolation },
): MapperSettings {
  const entry = typeof raw === "string" ? parse(textSchema, { package: raw }, where) : raw;
  const parsed = parse(schema, entry, where);
  const given = Object.keys(entry as object);
  const isolation = parsed.isolation ?? preferred(parsed.package);
  const unused = isolation === "inline" ? given.filter((key) => key === "memory" || key === "log") : [];
  if (unused.length > 0) {
    const message = `${where}.${unused[0]}: is for mappers with "isolation: process" only`;
    throw new MapperError("CONFIG_INVALID", message);
  }
  return { ...parsed, isolation, log: parsed.log, name: parsed.name ?? parsed.package };
}
