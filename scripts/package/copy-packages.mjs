import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { root } from "../setup.mjs";

/** Sources, tests and papers: nothing of it is loaded. Licences and package.json stay. */
const folders =
  /^(node_modules|build|prebuilds|deps|test|tests|__tests__|docs?|examples?|benchmarks?|fixtures|integration-test|\.github|\.vscode|patches|cjs-src|tools)$/;
const files =
  /(\.d\.[cm]?ts|\.[cm]?ts|\.map|\.md|\.markdown|\.gypi?|\.cc|\.cpp|\.c|\.hh?|\.hpp|\.ya?ml|\.flow|\.tsbuildinfo|\.sh)$|^\.|^(Makefile|tsconfig.*|AUTHORS|CONTRIBUTORS|gulpfile.*|karma.*|jsdoc.*|yarn\.lock)$/i;
/** Code for other systems, and koffi's sources. */
const others = /^(lib\/(mac|win)|src\/koffi\/src\/(abi|trampolines)|lib\/native|vendor|musl_\w+)(\/|$)/;

const isKept = (folder) => (source) => {
  const path = relative(folder, source);
  if (path === "") return true;
  const name = basename(source);
  if (/^(licen[cs]e|copying|notice)/i.test(name)) return true;
  return !folders.test(name) && !files.test(name) && !others.test(path);
};

/** Copies what of `packages` is loaded below `target`. What is not installed here, because it is for another processor, is fetched. */
export async function copyPackages(packages, target, work) {
  for (const locked of packages) {
    const installed = join(root, locked.path);
    const source = existsSync(installed) ? installed : await fetched(locked, work);
    await cp(source, join(target, locked.path), { recursive: true, dereference: true, filter: isKept(source) });
  }
}

/** The package from the registry that npm is configured for, if it is the one of the lock file. */
async function fetched({ name, version, integrity }, work) {
  const folder = join(work, "fetched", name.replaceAll("/", "-"));
  await mkdir(folder, { recursive: true });
  const options = { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] };
  const [{ filename }] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--ignore-scripts", `${name}@${version}`], options),
  );
  const archive = join(folder, filename);
  const hash = `sha512-${createHash("sha512")
    .update(await readFile(archive))
    .digest("base64")}`;
  if (hash !== integrity)
    throw new Error(`${name}@${version} is not the package of package-lock.json: ${hash}, expected ${integrity}`);
  execFileSync("tar", ["-xzf", archive, "-C", folder]);
  return join(folder, "package");
}
