import type { Findings } from "./findings.ts";
import type { Device, DeviceModel } from "./v1beta1.ts";
import { withModelDefaults } from "./with-model-defaults.ts";

/** A value that a Secret or a ConfigMap of the device's namespace holds. */
export interface Reference {
  readonly kind: "Secret" | "ConfigMap";
  readonly name: string;
  readonly key: string;
}

const kinds = { secretRef: "Secret", configMapRef: "ConfigMap" } as const;
type Setting = keyof typeof kinds;

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The setting that makes an object a reference; undefined when it is none. */
const settingOf = (value: Readonly<Record<string, unknown>>): Setting | undefined =>
  (Object.keys(kinds) as Setting[]).find((setting) => Object.hasOwn(value, setting));

/** The reference that `value` is, e.g. `{secretRef: {name: "mqtt", key: "password"}}`; undefined when it is none, or a broken one. */
export function referenceOf(value: unknown): Reference | undefined {
  const setting = isFields(value) ? settingOf(value) : undefined;
  if (setting === undefined || problemOf(value as Readonly<Record<string, unknown>>, setting)) return undefined;
  const { name, key } = (value as Readonly<Record<Setting, Reference>>)[setting];
  return { kind: kinds[setting], name, key };
}

/** `"key password of Secret mqtt"`: for messages. */
export const formatReference = ({ kind, name, key }: Reference): string => `key ${key} of ${kind} ${name}`;

/** Every reference in the settings of a device, those included that its model brings; each once. */
export function referencesOf(device: Device, model: DeviceModel | undefined): readonly Reference[] {
  const own = new Set((device.spec.properties ?? []).map(({ name }) => name));
  const { spec } = model ? withModelDefaults(device, model) : device;
  const rest = (model?.spec.properties ?? []).filter(({ name }) => !own.has(name));
  const settings = [
    spec.protocol?.configData,
    ...[...(spec.properties ?? []), ...rest].map(({ visitors }) => visitors),
  ];
  const found = new Map<string, Reference>();
  for (const { reference } of settings.flatMap((setting) => [...within(setting, "")])) {
    if (reference) found.set(formatReference(reference), reference);
  }
  return [...found.values()];
}

/** What came of looking references up. */
export interface Resolved {
  /** The settings with values in place of references. */
  readonly value: unknown;
  /** What could not be found, each once. */
  readonly missing: readonly Reference[];
}

/** Puts the values that `lookUp` knows in place of references, at any depth; settings without a reference stay the same object. */
export function resolveReferences(settings: unknown, lookUp: (reference: Reference) => string | undefined): Resolved {
  const missing = new Map<string, Reference>();
  const resolve = (value: unknown): unknown => {
    const reference = referenceOf(value);
    if (reference) {
      const found = lookUp(reference);
      if (found === undefined) missing.set(formatReference(reference), reference);
      return found;
    }
    if (Array.isArray(value)) return sameOr(value, value.map(resolve));
    if (!isFields(value)) return value;
    const entries = Object.entries(value).map(([key, item]) => [key, resolve(item)] as const);
    return entries.every(([key, item]) => item === value[key]) ? value : Object.fromEntries(entries);
  };
  return { value: resolve(settings), missing: [...missing.values()] };
}

const sameOr = (before: readonly unknown[], after: readonly unknown[]): readonly unknown[] =>
  after.every((item, index) => item === before[index]) ? before : after;

/** Finds references that cannot be understood. */
export function checkReferences({ spec }: Device, findings: Findings): void {
  const places = [
    ["spec.protocol.configData", spec.protocol?.configData] as const,
    ...(spec.properties ?? []).map(
      ({ visitors }, index) => [`spec.properties[${index}].visitors.configData`, visitors?.configData] as const,
    ),
  ];
  for (const [path, settings] of places) {
    for (const { at, problem } of within(settings, path)) {
      if (problem !== undefined) findings.error({ path: at, message: problem });
    }
  }
}

interface Found {
  readonly at: string;
  readonly reference?: Reference;
  readonly problem?: string;
}

function* within(value: unknown, at: string): Generator<Found> {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* within(item, `${at}[${index}]`);
  if (!isFields(value)) return;
  const setting = settingOf(value);
  if (setting !== undefined) {
    const reference = referenceOf(value);
    const problem = problemOf(value, setting);
    yield { at, ...(reference && { reference }), ...(problem !== undefined && { problem }) };
    return;
  }
  for (const [key, item] of Object.entries(value)) yield* within(item, `${at}.${key}`);
}

function problemOf(value: Readonly<Record<string, unknown>>, setting: Setting): string | undefined {
  const stray = Object.keys(value).find((key) => key !== setting);
  if (stray !== undefined) return `${setting} stands for the whole setting; remove "${stray}" beside it`;
  const target = value[setting];
  if (!isFields(target)) return `${setting}: expected an object with name and key, e.g. {name: mqtt, key: password}`;
  const missing = ["name", "key"].find((key) => typeof target[key] !== "string" || target[key] === "");
  if (missing !== undefined) return `${setting}.${missing}: is missing; expected the ${missing} as text`;
  const more = Object.keys(target).find((key) => key !== "name" && key !== "key");
  return more === undefined ? undefined : `${setting}.${more}: is not known here; it takes name and key`;
}
