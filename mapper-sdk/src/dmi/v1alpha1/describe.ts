import { configFromAny } from "../config-data.ts";
import {
  cycleOf,
  type DescribedDevice,
  type DescribedModel,
  type DescribedModelProperty,
  type DescribedProperty,
} from "../edgecore/device-description.ts";
import type { WireDeviceV1alpha1, WireModelV1alpha1 } from "./messages.ts";

type Spec = NonNullable<WireDeviceV1alpha1["spec"]>;
type Settings = Record<string, unknown>;

/**
 * A device of v1alpha1 in the words that both versions share. Settings of the named protocols become flat; those of a
 * customized one arrive empty from EdgeCore, whatever the manifest says.
 */
export function describeDevice({ name, spec, status }: WireDeviceV1alpha1): DescribedDevice {
  const problems: string[] = [];
  const desired = new Map(status?.twins.map((twin) => [twin.propertyName, twin.desired?.value ?? ""]));
  return {
    name,
    namespace: "",
    model: spec?.deviceModelReference ?? "",
    protocol: protocolOf(spec?.protocol),
    connection: connectionOf(spec?.protocol, problems),
    properties: (spec?.propertyVisitors ?? []).map((visitor) => describeProperty(visitor, desired, problems)),
    // The mappers of that time reported their state every second; there is no call for it any more.
    stateCycleMs: 0,
    problems,
  };
}

function protocolOf(protocol: Spec["protocol"]): string {
  if (protocol?.customizedProtocol) return protocol.customizedProtocol.protocolName;
  return (["modbus", "opcua", "bluetooth"] as const).find((name) => protocol?.[name] !== undefined) ?? "";
}

function connectionOf(protocol: Spec["protocol"], problems: string[]): Settings {
  if (!protocol) return {};
  const { common, modbus, opcua, bluetooth, customizedProtocol } = protocol;
  const own = configFromAny(customizedProtocol?.configData?.data);
  const more = configFromAny(common?.customizedValues?.data);
  problems.push(...[...own.problems, ...more.problems].map((problem) => `connection.${problem}`));
  return {
    ...told(common?.com),
    ...told(common?.tcp),
    ...told(modbus),
    ...told(opcua),
    ...told(bluetooth),
    ...more.settings,
    ...own.settings,
  };
}

type Visitor = Spec["propertyVisitors"][number];

function describeProperty(
  visitor: Visitor,
  desired: ReadonlyMap<string, string>,
  problems: string[],
): DescribedProperty {
  const { propertyName: name, modbus, opcua, bluetooth, customizedProtocol, customizedValues, collectCycle } = visitor;
  const own = configFromAny(customizedProtocol?.configData?.data);
  const more = configFromAny(customizedValues?.data);
  problems.push(...[...own.problems, ...more.problems].map((problem) => `visitors.${name}.${problem}`));
  const wanted = desired.get(name) ?? "";
  return {
    name,
    visitor: { ...told(modbus), ...told(opcua), ...told(bluetooth), ...more.settings, ...own.settings },
    collectCycleMs: cycleOf(collectCycle / 1e6), // in nanoseconds here
    reported: desired.has(name) || desired.size === 0,
    ...(wanted !== "" && { desired: wanted }),
  };
}

/** Settings whose zero says something. */
const zeroCounts = new Set(["offset", "startIndex", "endIndex", "slaveID"]);

/** What was said. Zero and nothing look the same on the wire; a mapper's own default is better than a zero. */
function told(settings: object | undefined): Settings {
  const entries = Object.entries(settings ?? {}).map(([name, value]): [string, unknown] => [name, plain(value)]);
  const isSaid = ([name, value]: [string, unknown]) => (value === 0 ? zeroCounts.has(name) : Boolean(value));
  return Object.fromEntries(entries.filter(isSaid));
}

function plain(value: unknown): unknown {
  if (value instanceof Map) return value.size === 0 ? undefined : Object.fromEntries(value);
  if (Array.isArray(value)) return value.length === 0 ? undefined : value;
  return typeof value === "bigint" ? Number(value) : value;
}

/** A model of v1alpha1 in the words that both versions share. */
export const describeModel = ({ name, spec }: WireModelV1alpha1): DescribedModel => ({
  name,
  namespace: "",
  properties: (spec?.properties ?? []).map(({ name, description, type }): DescribedModelProperty => {
    const [kind, facts] = Object.entries(type ?? {}).find(([, found]) => found !== undefined) ?? ["", undefined];
    const { accessMode, unit } = { accessMode: "", unit: "", ...facts };
    return {
      name,
      type: kind.toUpperCase(),
      writable: accessMode !== "ReadOnly",
      ...(description !== "" && { description }),
      ...(unit !== "" && { unit }),
      ...rangeOf(facts),
    };
  }),
});

/** A range of nothing but zeros is what a model without one sends. */
function rangeOf(facts: object | undefined): { readonly minimum?: string; readonly maximum?: string } {
  const { minimum = 0, maximum = 0 } = (facts ?? {}) as { minimum?: number | bigint; maximum?: number | bigint };
  return Number(minimum) === 0 && Number(maximum) === 0 ? {} : { minimum: String(minimum), maximum: String(maximum) };
}
