import type { ApiObject } from "../api-object.ts";
import { fieldsAt } from "../api-object.ts";
import { badRequest } from "../failures.ts";

/** Whether an object is selected by its fields. */
export interface FieldSelector {
  readonly matches: (object: ApiObject) => boolean;
  /** The one name that can match, so that nothing else is read. */
  readonly name?: string;
}

/**
 * Reads a `fieldSelector`: `a.b=c`, `a.b!=c`, joined by commas. `\` escapes a comma, an equals sign or itself.
 *
 * @throws BridgeError `KUBERNETES` 400 for a field that `selectable` does not have, or a term that cannot be read.
 */
export function parseFieldSelector(text: string, selectable: readonly string[]): FieldSelector {
  const terms = text === "" ? [] : text.split(/(?<!\\),/).map((term) => termOf(term, selectable));
  const name = terms.find(({ path, equal }) => path === "metadata.name" && equal)?.value;
  return {
    matches: (object) => terms.every(({ path, value, equal }) => (fieldOf(object, path) === value) === equal),
    ...(name !== undefined && { name }),
  };
}

function termOf(term: string, selectable: readonly string[]) {
  const match = /^(.*?)(!=|==|=)(.*)$/.exec(term);
  if (!match) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
  const [, path = "", operator, raw = ""] = match;
  if (!selectable.includes(path)) throw badRequest(`field label not supported: ${path}`);
  return { path, equal: operator !== "!=", value: raw.replaceAll(/\\([\\,=])/g, "$1") };
}

function fieldOf(object: ApiObject, path: string): string {
  const steps = path.split(".");
  const value = fieldsAt(object, ...steps.slice(0, -1))[steps.at(-1) as string];
  return value === undefined || value === null ? "" : String(value);
}
