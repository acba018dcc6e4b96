// Packages of others that stay outside of the bundle, as the lock file has them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../setup.mjs";

/** Only needed while something is installed or compiled. */
const forInstalling = ["prebuild-install", "patch-package", "node-addon-api", "nan", "@types/w3c-web-usb"];

/**
 * Not in the package. pigpio: Debian 13 has not its C library. usb: HCI adapters behind libusb, which only other systems
 * need; async: for adapters on a serial port, see below. better-sqlite3-13: for Node 22 and newer, and the package asks for Debian's Node 20.
 */
const leftOut = ["pigpio", "usb", "better-sqlite3-13", "async"];

/** Another copy of serialport, which it loads for adapters on a serial port; those go through a transport of ours (ADR 14). */
const nestedLeftOut = /bluetooth-hci-socket\/node_modules\//;

/** Paths within the workspace, versions and hashes of what `names` need on Linux with `cpu`. */
export async function lockedPackages(names, cpu) {
  const { packages } = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8"));
  const found = new Map();
  const add = (from, name, isOptional) => {
    if (forInstalling.includes(name) || leftOut.includes(name)) return;
    const path = resolve(packages, from, name);
    const entry = path && packages[path];
    if (!entry && !isOptional)
      throw new Error(`${name}, which ${from || "the bundle"} needs, is not in package-lock.json`);
    if (!entry || found.has(path) || nestedLeftOut.test(path) || !fits(entry, cpu)) return;
    found.set(path, {
      path,
      version: entry.version,
      integrity: entry.integrity,
      name: path.split("node_modules/").at(-1),
    });
    for (const dependency of Object.keys(entry.dependencies ?? {})) add(path, dependency, false);
    for (const dependency of Object.keys(entry.optionalDependencies ?? {})) add(path, dependency, true);
  };
  for (const name of names) add("", name, false);
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

const fits = ({ os = ["linux"], cpu: processors }, cpu) =>
  os.includes("linux") && (processors === undefined || processors.includes(cpu));

/** Where node finds `name` for a module of the package at `from`: the nearest node_modules above it. */
function resolve(packages, from, name) {
  for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf("/node_modules/")))) {
    const path = `${place === "" ? "" : `${place}/`}node_modules/${name}`;
    if (packages[path]) return path;
    if (place === "") return undefined;
    if (!place.includes("/node_modules/")) place = "";
  }
}
