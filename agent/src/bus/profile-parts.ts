import type { Fields, LegacyDevice, LegacyModel } from "./legacy-device.ts";

/** Protocol blocks of v1alpha2 and their words in `deviceProfile.json`. */
const protocolWords = {
  modbus: "modbus",
  opcua: "opcua",
  bluetooth: "bluetooth",
  customizedProtocol: "customized-protocol",
} as const;

const numericTypes = ["int", "double", "float"];

const blockOf = (blocks: Fields | undefined) =>
  (Object.keys(protocolWords) as (keyof typeof protocolWords)[]).find((block) => blocks?.[block] !== undefined);

/** The entry of a device in `protocols[]`; its name is what the instance's `protocol` refers to. */
export function profileProtocol(name: string, { spec: { protocol } }: LegacyDevice): Fields {
  const block = blockOf(protocol);
  const config = block === undefined ? null : (protocol?.[block] ?? null);
  return {
    ...(block !== undefined && { name: protocolName(name, block), protocol: protocolWords[block] }),
    protocolConfig: config,
    protocolCommonConfig: protocol?.common ?? null,
    // Generation A's name for the same.
    protocol_config: config,
  };
}

/** What an instance's `protocol` says; undefined for a device without a protocol. */
export function protocolReference(name: string, { spec: { protocol } }: LegacyDevice): string | undefined {
  const block = blockOf(protocol);
  return block === undefined ? undefined : protocolName(name, block);
}

const protocolName = (device: string, block: keyof typeof protocolWords) => `${protocolWords[block]}-${device}`;

/** The visitors of a device, in generation B's form; cycles are nanoseconds. */
export function profileVisitors({ spec }: LegacyDevice): Fields[] {
  const modelName = spec.deviceModelRef?.name ?? "";
  return (spec.propertyVisitors ?? []).map((visitor) => {
    const { propertyName, reportCycle, collectCycle, customizedValues } = visitor;
    const block = blockOf(visitor);
    return {
      name: propertyName,
      propertyName,
      modelName,
      ...(block !== undefined && { protocol: protocolWords[block] }),
      ...(reportCycle !== undefined && { reportCycle }),
      ...(collectCycle !== undefined && { collectCycle }),
      ...(customizedValues !== undefined && { customizedValues }),
      visitorConfig: block === undefined ? null : visitor[block],
    };
  });
}

/** The entry of a model in `deviceModels[]`. Defaults and bounds of numbers are JSON numbers, 0 when there is none. */
export function profileModel(name: string, { spec }: LegacyModel): Fields {
  const properties = (spec.properties ?? []).map((property) => {
    const [dataType = "string", facts = {}] = Object.entries(property.type)[0] ?? [];
    const { accessMode, defaultValue, minimum, maximum, unit } = facts;
    return {
      name: property.name,
      dataType,
      ...(property.description !== undefined && { description: property.description }),
      accessMode,
      ...(dataType !== "bytes" && { defaultValue: defaultValue ?? zeroOf(dataType) }),
      ...(numericTypes.includes(dataType) && { minimum: minimum ?? 0, maximum: maximum ?? 0 }),
      ...(unit !== undefined && { unit }),
    };
  });
  return { name, properties };
}

function zeroOf(dataType: string): number | string | boolean {
  if (dataType === "boolean") return false;
  return numericTypes.includes(dataType) ? 0 : "";
}
