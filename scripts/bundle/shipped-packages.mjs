// Which packages of the workspace people install, and where each is entered.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../setup.mjs";
import { workspaces } from "../test-files.mjs";

/** Not for people who run an agent: they are built, tested or measured with. */
const notShipped = /^(examples|bench|test|cloud-bridge$)/;

/** Modules that are started by path, not imported: the storage thread, the one that reads manifests, a mapper in a process of its own, the commands. */
const startedByPath = {
  "@edgetwin/agent": [
    "dist/src/cli/main.js",
    "dist/src/store/worker/main.js",
    "dist/src/registry/manifest-thread/main.js",
    "dist/src/registry/load-watch/main.js",
    "dist/src/isolation/child-main.js",
  ],
  "create-edgetwin-mapper": ["dist/src/main.js"],
};

/** What a browser gets: files, bundled already. */
const site = "dist/site";

/** `{ name, directory, manifest, entries, assets }` of each; entries and assets are paths within the package. */
export async function shippedPackages() {
  const found = [];
  for (const folder of await workspaces()) {
    const directory = join(root, folder);
    if (notShipped.test(folder) || !existsSync(join(directory, "package.json"))) continue;
    const manifest = JSON.parse(await readFile(join(directory, "package.json"), "utf8"));
    const isModule = (path) => path.endsWith(".js") && !path.startsWith(`./${site}/`);
    const exported = Object.values(manifest.exports ?? {}).filter(isModule);
    const entries = [...exported, ...(startedByPath[manifest.name] ?? [])].map((path) => path.replace(/^\.\//, ""));
    const assets = (manifest.files ?? []).filter((path) => path === site || !/dist|^bin$|^!/.test(path));
    found.push({ name: manifest.name, directory, manifest, entries: [...new Set(entries)], assets });
  }
  return found;
}
