// What every file keeps to, whatever is inside.
import { hasDefaultExport } from "./source.mjs";
import { isSource } from "./workspace.mjs";

/** No file of ours is longer; above 250 it explains why. */
const longest = 400;

/** Source files that are too long. */
export function checkLength({ tree }) {
  return [...tree].flatMap(([path, text]) => {
    const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
    return isSource(path) && lines > longest ? [`${path}: ${lines} lines, more than ${longest}; split it`] : [];
  });
}

const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)*$/;

/** Source files and their folders that are not named in kebab-case. */
export function checkNames({ tree }) {
  return [...tree.keys()].flatMap((path) => {
    if (!isSource(path)) return [];
    const odd = path.split("/").find((part) => !kebab.test(part) && !part.startsWith("."));
    return odd === undefined ? [] : [`${path}: ${odd} is not kebab-case`];
  });
}

/** node:test takes a reporter only as the default export of its module. */
const isReporter = (path) => path.endsWith("-reporter.mjs");

/** Source files with a default export: a name that importers choose cannot be searched for. */
export function checkDefaultExports({ tree }) {
  return [...tree].flatMap(([path, text]) =>
    isSource(path) && !isReporter(path) && hasDefaultExport(text) ? [`${path}: has a default export; name it`] : [],
  );
}

// Put together from parts, so that this file does not find itself. The home of `pi` is every Pi's, not one machine's.
const machinePaths = new RegExp(
  ["work/[a-z]", "home/(?!pi\\b)[a-z]", "root/[.a-z]", "Users/[A-Za-z]"]
    .map((part) => `(?<![\\w.*-])/${part}`)
    .join("|"),
);
const registryHosts = new RegExp(
  ["https?://[\\w.-]*(?:regis", "try|artifac", "tory|verdac", "cio)[\\w.-]*"].join(""),
  "i",
);

/** Files that tell on which machine, or behind which package registry, they were written. */
export function checkOrigins({ tree }) {
  return [...tree].flatMap(([path, text]) =>
    text.split("\n").flatMap((line, index) => {
      const found = machinePaths.exec(line) ?? registryHosts.exec(line);
      return found ? [`${path}:${index + 1}: names a path or host of one machine: ${found[0]}`] : [];
    }),
  );
}

/** Packages in the lock file that name the host they came from; npm asks the configured registry when they do not. */
export function checkLock({ tree }) {
  const { packages = {} } = JSON.parse(tree.get("package-lock.json") ?? "{}");
  return Object.entries(packages).flatMap(([name, { resolved }]) =>
    resolved?.includes("://") ? [`package-lock.json: ${name} records the host ${new URL(resolved).host}`] : [],
  );
}
