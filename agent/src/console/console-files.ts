import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Not imported: its files are read. */
const site = "@edgetwin/console";

/** A file of the web console, as it is sent. */
export interface ConsoleFile {
  readonly type: string;
  /** Changes with the content. */
  readonly tag: string;
  readonly plain: Buffer;
  readonly gzip: Buffer;
}

/** What the console consists of; nothing else can be asked for. */
const types: Readonly<Record<string, string>> = {
  "index.html": "text/html; charset=utf-8",
  "app.js": "text/javascript; charset=utf-8",
  "app.css": "text/css; charset=utf-8",
  "icon.svg": "image/svg+xml",
};

/**
 * A file of the package `@edgetwin/console`, undefined when it has none of that name. Read from the disk each time: a browser asks
 * once and keeps it, the agent need not.
 */
export async function consoleFile(name: string): Promise<ConsoleFile | undefined> {
  const type = Object.hasOwn(types, name) ? types[name] : undefined;
  if (type === undefined) return undefined;
  const path = fileURLToPath(import.meta.resolve(`${site}/${name}`));
  const [plain, gzip] = await Promise.all([readFile(path), readFile(`${path}.gz`)]);
  return { type, tag: `"${createHash("sha256").update(plain).digest("base64url").slice(0, 16)}"`, plain, gzip };
}
