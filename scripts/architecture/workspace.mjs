// The workspace as data: a map of files, and the packages among them. Tests build such maps by hand.
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** A file that belongs to a package: its path in the tree and its text. */
/** @typedef {{ path: string, text: string }} File */
/** @typedef {{ folder: string, name: string, manifest: Record<string, any>, files: File[] }} Package */
/** @typedef {{ tree: Map<string, string>, root: Record<string, any>, packages: Package[] }} Workspace */

/** What no commit contains. */
const ignored = /(?:^|\/)(?:node_modules|dist|\.git|\.edgetwin|\.DS_Store)(?:\/|$)|\.(?:tsbuildinfo|log)$|^tmp\//;

/** Every file below `folder` that may be committed, by its path with forward slashes. @returns {Promise<Map<string, string>>} */
export async function readTree(folder) {
  const tree = new Map();
  const visit = async (directory) => {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      const path = relative(folder, join(directory, entry.name)).split(sep).join("/");
      if (ignored.test(path)) continue;
      if (entry.isDirectory()) await visit(join(directory, entry.name));
      else if (entry.isFile()) tree.set(path, await readFile(join(directory, entry.name), "utf8"));
    }
  };
  await visit(folder);
  return tree;
}

/** Finds the packages that the root's `workspaces` name. @returns {Workspace} */
export function workspaceOf(tree) {
  const root = JSON.parse(tree.get("package.json") ?? "{}");
  const folders = (root.workspaces ?? []).flatMap((pattern) => foldersOf(tree, pattern));
  const packages = folders.map((folder) => {
    const manifest = JSON.parse(tree.get(`${folder}/package.json`));
    const files = [...tree].filter(([path]) => ownerOf(path, folders) === folder);
    return { folder, name: manifest.name, manifest, files: files.map(([path, text]) => ({ path, text })) };
  });
  return { tree, root, packages };
}

function foldersOf(tree, pattern) {
  const expression = new RegExp(`^(${pattern.replaceAll("*", "[^/]+")})/package\\.json$`);
  return [...tree.keys()].flatMap((path) => expression.exec(path)?.[1] ?? []);
}

/** The innermost package folder that holds `path`: cloud-bridge/protocol is not part of cloud-bridge. */
function ownerOf(path, folders) {
  const owners = folders.filter((folder) => path.startsWith(`${folder}/`));
  return owners.sort((a, b) => b.length - a.length)[0];
}

/** Whether `path` is source code of ours. */
export const isSource = (path) => /\.(?:ts|mts|mjs|js)$/.test(path) && !path.endsWith(".d.ts");

/** Whether a file of a package is a test or serves only tests. */
export const isTest = ({ folder }, path) =>
  /\.(?:test|peer|contract)\.\w+$/.test(path) || path.slice(folder.length + 1).startsWith("test/");

/** `@scope/name` or `name` of a bare specifier; undefined for relative paths and Node's own modules. */
export function packageOf(specifier) {
  if (/^(?:\.|\/|node:|#|data:|file:)/.test(specifier)) return undefined;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
