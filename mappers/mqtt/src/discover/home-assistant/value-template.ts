import { parseJsonPath, showJsonPath } from "../../payload/json-path.ts";

const plain = /^\s*\{\{\s*value\s*(?:\|\s*(?:float|int|string|is_defined)(?:\([^)]*\))?\s*)*\}\}\s*$/;
const selecting =
  /^\s*\{\{\s*value_json((?:\.[A-Za-z_]\w*|\[\d+\]|\['[^']*'\]|\["[^"]*"\])+)\s*(?:\|\s*(?:float|int|string|is_defined|round)(?:\([^)]*\))?\s*)*\}\}\s*$/;

/**
 * What a Jinja template of Home Assistant selects, as a path of ours: `{{ value_json.ENERGY.Power }}` is
 * `$['ENERGY']['Power']`, `{{ value }}` the whole payload. Undefined for one that computes: what it does cannot be said in a
 * manifest.
 */
export function pathOfTemplate(template: unknown): { readonly path?: string } | undefined {
  if (template === undefined) return {};
  if (typeof template !== "string") return undefined;
  if (plain.test(template)) return {};
  const selected = selecting.exec(template)?.[1];
  const path = selected === undefined ? undefined : parseJsonPath(`$${selected}`);
  return path && { path: showJsonPath(path) };
}

/** A command template as ours, where it does nothing but put the value somewhere. */
export function commandOfTemplate(template: unknown): { readonly template?: string } | undefined {
  if (template === undefined) return {};
  if (typeof template !== "string") return undefined;
  const ours = template
    .replace(/\{\{\s*value\s*(?:\|\s*(int|float))?\s*\}\}/g, "{{ value }}")
    .replace(/\{\{\s*value\s*\|\s*tojson\s*\}\}/g, "{{ value | json }}");
  const rest = ours.replace(/\{\{ value(?: \| json)? \}\}/g, "");
  return /\{\{|\{%/.test(rest) || rest === ours ? undefined : { template: ours };
}
