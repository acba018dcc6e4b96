import { showValue } from "@edgetwin/mapper-sdk";
import { annotations, type DeviceModel, manifestOf, modelOf, parseJsonText } from "@edgetwin/models";

/**
 * What `present`, from a manifest, says otherwise than `declared`, from a module: one line each with path and both values.
 * What a module cannot say (labels, default visitors, constants, a protocol when the module has no mapper) does not count.
 */
export function modelDifferences(present: DeviceModel, declared: DeviceModel): readonly string[] {
  const { protocol } = declared.spec;
  const comparable = manifestOf(modelOf(present).model, protocol === undefined ? {} : present.spec);
  const [there, here] = [leavesOf(comparable), leavesOf(declared)];
  const paths = [...new Set([...there.keys(), ...here.keys()])];
  return paths
    .filter((path) => there.get(path) !== here.get(path))
    .map((path) => `${path}: ${shown(there.get(path))} there, ${shown(here.get(path))} in the module`);
}

const shown = (value: unknown): string => (value === undefined ? "nothing" : showValue(value));

const leavesOf = (manifest: DeviceModel): ReadonlyMap<string, unknown> => new Map(leaves(parts(manifest), ""));

/** What counts, with the JSON of annotations as data: the order of its keys says nothing. */
function parts({ metadata, spec }: DeviceModel): object {
  const { [annotations.defaultValues]: _, ...texts } = metadata.annotations ?? {};
  const said = Object.entries(texts).map(([name, text]) => [name, parseJsonText(text)]);
  return { metadata: { annotations: Object.fromEntries(said) }, spec };
}

/** Every value by its path; properties by their names, so that a new one does not shift the others. */
function leaves(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, part]) => {
    const name = Array.isArray(value) ? (part as { name?: string }).name : undefined;
    const step = name === undefined ? (/^[\w-]+$/.test(key) ? `.${key}` : `["${key}"]`) : `["${name}"]`;
    return leaves(part, path === "" ? key : path + step);
  });
}
