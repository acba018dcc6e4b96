import type { ApiVersion } from "../resource.ts";
import { type Fields, fieldsOf, isObject, present, split, textOf, unlessEmpty } from "./json.ts";

type Legacy = Exclude<ApiVersion, "v1beta1">;

/** v1beta1 `spec.protocol` and `visitors`. */
export interface ProtocolConfig {
  readonly protocolName?: string;
  readonly configData?: Fields;
}

const blocks = ["modbus", "opcua", "bluetooth"] as const;
const serialFields = ["serialPort", "baudRate", "dataBits", "parity", "stopBits"];
const tcpFields = ["ip", "port"];
const commonFields = [
  "commType",
  "reconnTimeout",
  "reconnRetryTimes",
  "collectTimeout",
  "collectRetryTimes",
  "collectType",
];
const opcuaFields = [
  "url",
  "userName",
  "password",
  "securityPolicy",
  "securityMode",
  "certificate",
  "privateKey",
  "timeout",
];

/** A map, because a protocol may be called anything, `constructor` included. */
const blockFields: ReadonlyMap<string, readonly string[]> = new Map([
  ["modbus", ["slaveID"]],
  ["opcua", opcuaFields],
  ["bluetooth", ["macAddress"]],
]);

/** The flat form of an older version's `spec.protocol`; undefined when there is none. */
export function protocolToV1beta1(protocol: unknown, version: Legacy): ProtocolConfig | undefined {
  if (!isObject(protocol) || Object.keys(protocol).length === 0) return undefined;
  const name = blocks.find((block) => isObject(protocol[block]));
  const customized = fieldsOf(protocol.customizedProtocol);
  const protocolName = name ?? textOf(customized.protocolName);
  const own = name === undefined ? fieldsOf(customized.configData) : fieldsOf(protocol[name]);
  const flat = version === "v1alpha1" && name === "modbus" ? modbusOf(own) : { ...commonOf(protocol.common), ...own };
  return { ...(protocolName !== undefined && { protocolName }), configData: present(flat) };
}

/** v1alpha1: the unit is a number on a serial line and text over TCP. */
function modbusOf({ rtu, tcp }: Fields): Fields {
  if (isObject(rtu) || !isObject(tcp)) return fieldsOf(rtu);
  const unit = typeof tcp.slaveID === "string" && /^\d{1,9}$/.test(tcp.slaveID) ? Number(tcp.slaveID) : tcp.slaveID;
  return { ...tcp, slaveID: unit };
}

function commonOf(common: unknown): Fields {
  const { com, tcp, customizedValues, ...others } = fieldsOf(common);
  return { ...fieldsOf(com), ...fieldsOf(tcp), ...others, ...fieldsOf(customizedValues) };
}

/** The older version's `spec.protocol` of a flat one; undefined when that version has no form for it. */
export function protocolFromV1beta1(protocol: unknown, version: Legacy): Fields | undefined {
  if (!isObject(protocol)) return undefined;
  const name = textOf(protocol.protocolName);
  const config = fieldsOf(protocol.configData);
  return version === "v1alpha1" ? toV1alpha1(name, config) : toV1alpha2(name, config);
}

function toV1alpha2(name: string | undefined, config: Fields): Fields | undefined {
  const known = name === undefined ? [] : blockFields.get(name);
  if (!known) return { customizedProtocol: { protocolName: name, configData: config } };
  const [own, others] = split(config, known);
  const common = unlessEmpty(toCommon(others));
  return unlessEmpty({ ...(name !== undefined && { [name]: own }), ...(common && { common }) });
}

/** Either a serial line or TCP; where a configuration names both, the serial line wins, as in KubeEdge's mapper. */
function toCommon(config: Fields): Fields {
  const medium = config.serialPort === undefined ? (["tcp", tcpFields] as const) : (["com", serialFields] as const);
  const [own, others] = split(config, medium[1]);
  const [common, customizedValues] = split(others, commonFields);
  return {
    ...(unlessEmpty(own) && { [medium[0]]: own }),
    ...common,
    ...(unlessEmpty(customizedValues) && { customizedValues }),
  };
}

function toV1alpha1(name: string | undefined, config: Fields): Fields | undefined {
  if (name === "modbus") {
    if (config.ip === undefined) return { modbus: { rtu: split(config, [...serialFields, "slaveID"])[0] } };
    const [tcp] = split(config, [...tcpFields, "slaveID"]);
    return { modbus: { tcp: { ...tcp, ...(tcp.slaveID !== undefined && { slaveID: String(tcp.slaveID) }) } } };
  }
  const known = name === undefined ? undefined : blockFields.get(name);
  return known && name !== undefined ? { [name]: split(config, known)[0] } : undefined;
}
