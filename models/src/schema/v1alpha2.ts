import {
  bluetoothProtocol,
  bluetoothVisitor,
  deviceModelRef,
  legacyStatus,
  modbusVisitor,
  modelProperty,
  nodeSelector,
  opcuaProtocol,
  opcuaVisitor,
  plainTypeFacts,
  resource,
  serialPort,
  twinProperty,
  typeFacts,
} from "./common.ts";
import { boolean, free, integer, list, name, number, object, oneOf, text, textMap } from "./schema.ts";

const types = {
  int: typeFacts(integer),
  string: plainTypeFacts(text),
  double: typeFacts(number),
  float: typeFacts(number),
  boolean: plainTypeFacts(boolean),
  bytes: plainTypeFacts(text),
};

/** devices.kubeedge.io/v1alpha2 DeviceModel (KubeEdge 1.4 to 1.14). */
export const deviceModel = resource(
  {
    spec: object({ protocol: text, properties: list(modelProperty(types), "name") }),
  },
  ["spec"],
);

const customizedProtocol = object({ protocolName: text, configData: free });

const common = object(
  {
    com: object(serialPort),
    tcp: object({ ip: text, port: integer }),
    commType: text,
    reconnTimeout: integer,
    reconnRetryTimes: integer,
    collectTimeout: integer,
    collectRetryTimes: integer,
    collectType: oneOf("sync", "async"),
    customizedValues: free,
  },
  { atMostOne: ["com", "tcp"] },
);

const protocol = object(
  {
    opcua: opcuaProtocol,
    modbus: object({ slaveID: integer }),
    bluetooth: bluetoothProtocol,
    common,
    customizedProtocol,
  },
  { atMostOne: ["opcua", "modbus", "bluetooth", "customizedProtocol"] },
);

const visitor = object(
  {
    propertyName: name,
    reportCycle: integer,
    collectCycle: integer,
    customizedValues: free,
    opcua: opcuaVisitor,
    modbus: modbusVisitor,
    bluetooth: bluetoothVisitor(text),
    customizedProtocol,
  },
  { required: ["propertyName"], atMostOne: ["opcua", "modbus", "bluetooth", "customizedProtocol"] },
);

const data = object({
  dataProperties: list(
    object({ propertyName: name, metadata: textMap }, { required: ["propertyName"] }),
    "propertyName",
  ),
  dataTopic: text,
});

/** devices.kubeedge.io/v1alpha2 Device. */
export const device = resource(
  {
    spec: object(
      { deviceModelRef, nodeSelector, protocol, propertyVisitors: list(visitor, "propertyName"), data },
      { required: ["deviceModelRef"] },
    ),
    status: legacyStatus,
  },
  ["spec"],
);

const twin = object(
  { propertyName: name, desired: twinProperty, reported: twinProperty },
  { required: ["propertyName"] },
);

/** devices.kubeedge.io/v1alpha2 DeviceStatus, as the CRD of KubeEdge 1.23 has it. */
export const deviceStatus = resource({ twins: list(twin, "propertyName") });
