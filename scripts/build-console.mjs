// The web console as the agent serves it: one script, one style sheet, each also packed. `setup.mjs` runs it after compiling.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), "agent", "console");
const site = join(folder, "dist", "site");

/** Builds the site, unless it is as new as its sources. */
export async function buildConsole() {
  if (isFresh()) return;
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: { app: join(folder, "src", "app.tsx") },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    outdir: site,
    write: false,
  });
  const assets = readdirSync(join(folder, "assets"));
  mkdirSync(site, { recursive: true });
  for (const { path, contents } of [
    ...outputFiles,
    ...assets.map((name) => ({ path: join(site, name), contents: readFileSync(join(folder, "assets", name)) })),
  ]) {
    writeFileSync(path, contents);
    writeFileSync(`${path}.gz`, gzipSync(contents, { level: 9 }));
  }
}

function isFresh() {
  const built = join(site, "app.js.gz");
  if (!existsSync(built)) return false;
  const sources = ["src", "assets"].flatMap((name) =>
    readdirSync(join(folder, name)).map((file) => join(folder, name, file)),
  );
  const newest = Math.max(...[...sources, fileURLToPath(import.meta.url)].map((path) => statSync(path).mtimeMs));
  return statSync(built).mtimeMs > newest;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildConsole();
