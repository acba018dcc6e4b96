import { isFields } from "../api-object.ts";

type Step = (values: readonly unknown[]) => unknown[];

const field =
  (name: string): Step =>
  (values) =>
    values.flatMap((value) => (isFields(value) && Object.hasOwn(value, name) ? [value[name]] : []));
const item =
  (index: number): Step =>
  (values) =>
    values.flatMap((value) => (Array.isArray(value) && value.at(index) !== undefined ? [value.at(index)] : []));
const every: Step = (values) =>
  values.flatMap((value) => (Array.isArray(value) ? value : isFields(value) ? Object.values(value) : []));
const where =
  (path: string, wanted: string): Step =>
  (values) => {
    const read = parseJsonPath(path);
    return values.flatMap((value) =>
      Array.isArray(value) ? value.filter((entry) => read(entry).some((found) => String(found) === wanted)) : [],
    );
  };

const tokens =
  /\.([\w-]+(?:\\\.[\w-]+)*)|\['([^']*)'\]|\[(-?\d+)\]|(\[\*\])|\[\?\(\s*@([.\w-]+)\s*==\s*["']?([^"')]*)["']?\s*\)\]/gy;

/**
 * Reads the part of JSONPath that printer columns use: `.a.b`, `['a']`, `[0]`, `[*]`, `[?(@.a=="b")]`. Returns what finds
 * the values.
 *
 * @throws TypeError for anything else: columns are ours.
 */
export function parseJsonPath(path: string): (value: unknown) => unknown[] {
  const steps: Step[] = [];
  tokens.lastIndex = 0;
  let end = 0;
  for (let match = tokens.exec(path); match; match = tokens.exec(path)) {
    const [, name, quoted, index, all, filtered, wanted] = match;
    if (name !== undefined) steps.push(field(name.replaceAll("\\.", ".")));
    else if (quoted !== undefined) steps.push(field(quoted));
    else if (index !== undefined) steps.push(item(Number(index)));
    else if (all !== undefined) steps.push(every);
    else steps.push(where(filtered as string, wanted as string));
    end = tokens.lastIndex;
  }
  if (end !== path.length) throw new TypeError(`JSONPath ${path} is not understood from character ${end + 1} on`);
  return (value) => steps.reduce<unknown[]>((values, step) => step(values), [value]);
}
