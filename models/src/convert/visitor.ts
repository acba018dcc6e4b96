import { type Fields, fieldsOf, isObject, present, split, textOf, unlessEmpty } from "./json.ts";
import type { ProtocolConfig } from "./protocol.ts";

/** A map, because a protocol may be called anything, `constructor` included. */
const visitorFields: ReadonlyMap<string, readonly string[]> = new Map([
  ["modbus", ["register", "offset", "limit", "scale", "isSwap", "isRegisterSwap"]],
  ["opcua", ["nodeID", "browseName"]],
  ["bluetooth", ["characteristicUUID", "dataWrite", "dataConverter"]],
]);

/** The flat form of an older version's property visitor; `fallback` is the device's protocol. */
export function visitorToV1beta1(visitor: Fields, fallback?: string): ProtocolConfig {
  const name = [...visitorFields.keys()].find((block) => isObject(visitor[block]));
  const customized = fieldsOf(visitor.customizedProtocol);
  const protocolName = name ?? textOf(customized.protocolName) ?? fallback;
  const own = name === undefined ? fieldsOf(customized.configData) : fieldsOf(visitor[name]);
  const configData = present({ ...own, ...fieldsOf(visitor.customizedValues) });
  return { ...(protocolName !== undefined && { protocolName }), configData };
}

/** The blocks of a v1alpha2 property visitor; undefined when the flat one says nothing. */
export function visitorFromV1beta1(visitors: unknown): Fields | undefined {
  const { protocolName, configData } = fieldsOf(visitors);
  const config = unlessEmpty(fieldsOf(configData));
  if (!config) return undefined;
  const name = textOf(protocolName);
  if (name === undefined) return { customizedValues: config };
  const known = visitorFields.get(name);
  if (!known) return { customizedProtocol: { protocolName: name, configData: config } };
  const [own, others] = split(config, known);
  return { [name]: own, ...(unlessEmpty(others) && { customizedValues: others }) };
}
