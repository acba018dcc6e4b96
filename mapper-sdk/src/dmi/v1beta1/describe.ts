import { configFromAny } from "../config-data.ts";
import {
  cycleOf,
  type DescribedDevice,
  type DescribedModel,
  type DescribedProperty,
} from "../edgecore/device-description.ts";
import type { WireDevice, WireModel } from "./messages.ts";

type WireProperty = NonNullable<WireDevice["spec"]>["properties"][number];

/** A device of v1beta1 in the words that both versions share. Nothing that is missing is an error yet. */
export function describeDevice({ name, namespace, spec, status }: WireDevice): DescribedDevice {
  const connection = configFromAny(spec?.protocol?.configData?.data);
  const problems = connection.problems.map((problem) => `connection.${problem}`);
  return {
    name,
    namespace,
    model: spec?.deviceModelReference ?? "",
    protocol: spec?.protocol?.protocolName ?? "",
    connection: connection.settings,
    properties: (spec?.properties ?? []).map((property) => describeProperty(property, problems)),
    stateCycleMs: status?.reportToCloud ? cycleOf(status.reportCycle) : 0,
    problems,
  };
}

function describeProperty(property: WireProperty, problems: string[]): DescribedProperty {
  const { name, desired, visitors, collectCycle, reportToCloud } = property;
  const visitor = configFromAny(visitors?.configData?.data);
  problems.push(...visitor.problems.map((problem) => `visitors.${name}.${problem}`));
  return {
    name,
    visitor: visitor.settings,
    collectCycleMs: cycleOf(collectCycle),
    reported: reportToCloud,
    ...(desired && desired.value !== "" && { desired: desired.value }),
  };
}

/** A model of v1beta1 in the words that both versions share. */
export const describeModel = ({ name, namespace, spec }: WireModel): DescribedModel => ({
  name,
  namespace,
  properties: (spec?.properties ?? []).map(({ name, type, accessMode, description, unit, minimum, maximum }) => ({
    name,
    type,
    // Everything but this very text is writable (mapper-framework compares it so).
    writable: accessMode !== "ReadOnly",
    ...(description !== "" && { description }),
    ...(unit !== "" && { unit }),
    ...(minimum !== "" && { minimum }),
    ...(maximum !== "" && { maximum }),
  })),
});
