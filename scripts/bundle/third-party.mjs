// Packages of others: what is imported with a module is bundled with it; what is loaded when it is wanted stays outside.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../setup.mjs";

const isOurs = (path) => /^(\.|\/|node:|@edgetwin\/|create-edgetwin-mapper)/.test(path);

/** Add-ons and drivers of databases: loaded by few, and `import()` of bundled CommonJS finds no names. */
export const lazyStaysOutside = {
  name: "lazy packages",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === "dynamic-import" && !isOurs(path) && path !== "yaml" ? { path, external: true } : undefined,
    );
  },
};

/** Folders of the packages whose code went into the bundle, by name. */
const bundledIn = ({ inputs }) =>
  new Map(
    Object.keys(inputs).flatMap((input) => {
      const match = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
      return match ? [[match[1], join(root, match[0])]] : [];
    }),
  );

/** The licence of every package that was bundled, as each of them asks for. */
export async function licencesOf(metafile) {
  const texts = [];
  for (const [name, folder] of [...bundledIn(metafile)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? await readFile(join(folder, file), "utf8") : "The package brings no licence text.";
    texts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return `Edgetwin is Apache-2.0. It contains:\n\n${texts.join(`\n${"-".repeat(72)}\n\n`)}`;
}

/** What `packages` depend on and the bundle does not contain. */
export function outsideOf(packages, metafile) {
  const bundled = bundledIn(metafile);
  const wanted = packages.flatMap(({ manifest }) => Object.entries(manifest.dependencies ?? {}));
  return Object.fromEntries(wanted.filter(([name]) => !isOurs(name) && !bundled.has(name)).sort());
}
