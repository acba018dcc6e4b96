import { f, fields, MapperError, type Output, parse } from "@edgetwin/mapper-sdk";

/** One entry of `board.extensions`. docs/reference/configuration.md explains each setting; a test compares the two. */
export const extensionShape = {
  package: f.string(),
  /** Which of the package's extensions; may be left out where it has one. */
  extension: f.optional(f.string()),
  /** Checked by the extension. */
  settings: f.optional(f.custom<unknown>("settings of the extension", (raw) => raw ?? undefined)),
};

const schema = fields(extensionShape);

/** A package that gives the board more lines or ports. */
export type ExtensionSettings = Pick<Output<typeof schema>, "package"> & Partial<Output<typeof schema>>;

/** Reads `board.extensions`. @throws MapperError `CONFIG_INVALID` naming the entry that is wrong. */
export function parseExtensions(raw: unknown): readonly ExtensionSettings[] {
  if (!Array.isArray(raw)) {
    const example = '[{ package: "@edgetwin/mapper-i2c", settings: { name: MCP0, address: 0x20 } }]';
    throw new MapperError("CONFIG_INVALID", `board.extensions: expected a list like ${example}`);
  }
  return raw.map((entry: unknown, index) => parse(schema, entry, `board.extensions.${index}`));
}
