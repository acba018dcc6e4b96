// The packages of this workspace as a tree of minified modules: the same names, entries and `exports`, so that whatever is
// found by name from a configuration is found here too, and everything between them bundled. An agent that runs from it
// takes 6 MB less: the text of 300 modules, their records and the names in them are not there (docs/adr/0015-people-install-a-bundle.md).
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";
import { root } from "../setup.mjs";
import { shippedPackages } from "./shipped-packages.mjs";
import { lazyStaysOutside, licencesOf, outsideOf } from "./third-party.mjs";

/** Where code shared by several entries goes: one level below the tree, so that every chunk finds the others. */
const chunkFolder = "chunks";

/**
 * Writes the tree to `folder`, which is emptied first. What stays outside is named in its package.json with the versions
 * of the lock file: `npm install --omit=dev` there makes it stand alone; inside the workspace node finds them above.
 */
export async function bundle(folder) {
  const packages = await shippedPackages();
  const modules = join(folder, "node_modules");
  await rm(folder, { recursive: true, force: true });
  const entryPoints = Object.fromEntries(
    packages.flatMap(({ name, directory, entries }) =>
      entries.map((entry) => [join(name, entry.replace(/\.js$/, "")), join(directory, entry)]),
    ),
  );
  const { metafile } = await build({
    ...{ entryPoints, outdir: modules, chunkNames: `${chunkFolder}/[hash]`, bundle: true, splitting: true },
    ...{ format: "esm", platform: "node", target: "node20", minify: true, legalComments: "none" },
    // A trace is read with the maps beside the modules; node does not load them unless it is told to.
    ...{ sourcemap: "external", sourcesContent: false, metafile: true, logLevel: "warning", absWorkingDir: root },
    // The build for browsers is the same code as ES modules: `import()` of a CommonJS package would find no names in it.
    alias: { yaml: join(root, "node_modules", "yaml", "browser", "index.js") },
    // Bundled CommonJS asks for node's modules.
    banner: {
      js: 'import{createRequire as edgetwinRequire}from"node:module";const require=edgetwinRequire(import.meta.url);',
    },
    plugins: [whereTheyWere(packages), lazyStaysOutside],
  });
  for (const { name, directory, manifest, assets } of packages) {
    const target = join(modules, name);
    const { devDependencies: _, dependencies: __, ...shipped } = manifest;
    await writeJson(join(target, "package.json"), shipped);
    for (const path of [...assets, ...Object.values(manifest.bin ?? {})])
      await cp(join(directory, path), join(target, path), { recursive: true });
  }
  await writeFile(join(folder, "LICENSES.txt"), await licencesOf(metafile));
  const dependencies = outsideOf(packages, metafile);
  await writeJson(join(folder, "package.json"), { name: "edgetwin", private: true, type: "module", dependencies });
  const outputs = Object.entries(metafile.outputs).filter(([path]) => path.endsWith(".js"));
  return { folder, files: outputs.length, bytes: outputs.reduce((sum, [, { bytes }]) => sum + bytes, 0) };
}

/** Modules that look for a file beside themselves look beside the place where they would be without the bundle. */
const whereTheyWere = (packages) => ({
  name: "import.meta.url",
  setup({ onLoad }) {
    onLoad({ filter: /\/dist\/.*\.js$/ }, async ({ path }) => {
      const owner = packages.find(({ directory }) => path.startsWith(`${join(directory, "dist")}/`));
      if (!owner) return undefined;
      const text = await readFile(path, "utf8");
      if (!text.includes("import.meta.url")) return undefined;
      const home = JSON.stringify(join("..", owner.name, relative(owner.directory, path)));
      return { contents: text.replaceAll("import.meta.url", `new URL(${home}, import.meta.url).href`) };
    });
  },
});

async function writeJson(path, value) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(value, undefined, 2)}\n`);
}
