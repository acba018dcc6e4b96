import { isBuiltin } from "node:module";
import { CreateError } from "./errors.ts";

/** Words that no constant can have for its name (ECMA-262 §12.7.2, strict mode). */
const reserved = new Set(
  [
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends",
    "false finally for function if implements import in instanceof interface let new null package private protected",
    "public return static super switch this throw true try typeof var void while with yield undefined",
  ].flatMap((line) => line.split(" ")),
);

/** Names of files, folders and packages that the mapper stands beside. */
const neighbours = new Set(["emulator", "dist", "src", "node-modules", "manifests", "mapper", "model", "test"]);

/** Protocols of Edgetwin; a mapper of another device must not answer for them. */
const protocols = new Set(["gpio", "i2c", "modbus", "ble", "zigbee", "bacnet", "mqtt", "custom"]);

/**
 * Returns `name` when a package, a folder and a device can have it.
 *
 * @throws CreateError `NAME_INVALID` saying why not, with a name that could be used instead.
 */
export function checkName(name: string): string {
  const refuse = (why: string, better = suggestion(name)): never => {
    const hint = better !== "" && better !== name ? `; for example ${better}` : "";
    throw new CreateError("NAME_INVALID", `the name ${JSON.stringify(name.slice(0, 80))} ${why}${hint}`);
  };
  if (/[/\\]|^\.+$/.test(name)) return refuse("is a path; give a name, the folder is made where you are");
  if (!/^[a-z]/.test(name) || !/^[a-z0-9-]*$/.test(name) || name.endsWith("-") || name.includes("--")) {
    return refuse('must have lower-case letters, digits and single "-" between them, and begin with a letter');
  }
  if (name.length > 50) return refuse("has more than 50 characters; shorten it", "");
  if (reserved.has(camelCase(name))) return refuse("is a word of JavaScript", `${name}-sensor`);
  if (isBuiltin(name)) return refuse("is a module of Node.js", `${name}-sensor`);
  if (neighbours.has(name)) return refuse("is a name that a mapper's folder uses already", `my-${name}`);
  if (protocols.has(name)) return refuse("is a protocol; name the mapper after its device", `${name}-sensor`);
  return name;
}

/** The nearest name that could be used; empty when nothing is left of it. */
function suggestion(name: string): string {
  const last = name.split(/[/\\]/).findLast((part) => /[a-z]/i.test(part)) ?? "";
  return last
    .replace(/([a-z])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 50);
}

/** `traffic-light` as a constant: `trafficLight`. */
export const camelCase = (name: string): string => name.replace(/-+(\w)/g, (_, letter: string) => letter.toUpperCase());
