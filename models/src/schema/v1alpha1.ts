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
  typeFacts,
} from "./common.ts";
import { integer, list, name, object, oneOf, text } from "./schema.ts";

const visitor = object(
  {
    propertyName: name,
    opcua: opcuaVisitor,
    modbus: modbusVisitor,
    bluetooth: bluetoothVisitor(oneOf("Add", "Subtract", "Multiply", "Divide")),
  },
  { required: ["propertyName"], atMostOne: ["opcua", "modbus", "bluetooth"] },
);

/** devices.kubeedge.io/v1alpha1 DeviceModel (KubeEdge 1.0 to 1.3). */
export const deviceModel = resource(
  {
    spec: object({
      properties: list(modelProperty({ int: typeFacts(integer), string: plainTypeFacts(text) }), "name"),
      propertyVisitors: list(visitor, "propertyName"),
    }),
  },
  ["spec"],
);

const modbus = object(
  {
    rtu: object(
      { ...serialPort, slaveID: { type: "integer", min: 0, max: 255 } },
      { required: ["serialPort", "slaveID"] },
    ),
    // The unit is text here and a number on a serial line: so KubeEdge's schema wants it.
    tcp: object({ ip: text, port: integer, slaveID: text }, { required: ["ip", "port", "slaveID"] }),
  },
  { atMostOne: ["rtu", "tcp"] },
);

/** devices.kubeedge.io/v1alpha1 Device. */
export const device = resource(
  {
    spec: object(
      {
        deviceModelRef,
        nodeSelector,
        protocol: object(
          { opcua: opcuaProtocol, modbus, bluetooth: bluetoothProtocol },
          { atMostOne: ["opcua", "modbus", "bluetooth"] },
        ),
      },
      { required: ["deviceModelRef"] },
    ),
    status: legacyStatus,
  },
  ["spec"],
);
