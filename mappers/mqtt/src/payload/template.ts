import { type Field, f } from "@edgetwin/mapper-sdk";

/** `{{ value }}` stands for the value as text, `{{ value | json }}` for it as JSON. */
const place = /\{\{\s*value\s*(?:\|\s*(json)\s*)?\}\}/g;
const anyPlace = /\{\{|\}\}/;

/** Fills a payload in. The value never becomes part of the template: braces in it stay braces. */
export const fillTemplate = (template: string, value: string | number | boolean): string =>
  template.replace(place, (_, json: string | undefined) => (json ? JSON.stringify(value) : String(value)));

/** A setting that holds a template. */
export const templateField: Field<string, string> = f.custom(
  'text with {{ value }} or {{ value | json }} in it, like {"mode":{{ value | json }}}',
  (raw) => {
    if (typeof raw !== "string" || raw.search(place) === -1) return undefined;
    return anyPlace.test(raw.replace(place, "")) && !isJsonBraces(raw) ? undefined : raw;
  },
) as Field<string, string>;

/** Nested objects of JSON end in `}}`, which is no mistake of a place. */
const isJsonBraces = (raw: string): boolean =>
  !raw.replace(place, "").includes("{{") || isJson(raw.replace(place, "0"));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
