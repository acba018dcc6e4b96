/** How a device is reached and where its properties live, protobuf package `v1alpha1`: one message per protocol. */
import { customizedValue } from "../v1beta1/messages.ts";
import { many, maybe, one } from "../wire/field.ts";
import { map } from "../wire/map-field.ts";
import { message } from "../wire/message.ts";
import { bool, bytes, double, text, uint64, whole } from "../wire/scalar.ts";

/** `configData` always arrives empty here: EdgeCore decodes the settings into a message that only knows `data`. */
const customized = (name: string) =>
  message(name, { protocolName: one(1, text), configData: maybe(2, customizedValue) });

/** Serial line or TCP address of a device. */
export const protocolConfigCommon = message("v1alpha1.ProtocolConfigCommon", {
  com: maybe(
    1,
    message("v1alpha1.ProtocolConfigCOM", {
      serialPort: one(1, text),
      baudRate: one(2, whole),
      dataBits: one(3, whole),
      parity: one(4, text),
      stopBits: one(5, whole),
    }),
  ),
  tcp: maybe(2, message("v1alpha1.ProtocolConfigTCP", { ip: one(1, text), port: one(2, whole) })),
  commType: one(3, text),
  reconnTimeout: one(4, whole),
  reconnRetryTimes: one(5, whole),
  collectTimeout: one(6, whole),
  collectRetryTimes: one(7, whole),
  collectType: one(8, text),
  customizedValues: maybe(9, customizedValue),
});

/** How a device is reached: one of the protocols, and what serial line and TCP have in common. */
export const protocolConfig = message("v1alpha1.ProtocolConfig", {
  opcua: maybe(
    1,
    message("v1alpha1.ProtocolConfigOpcUA", {
      url: one(1, text),
      userName: one(2, text),
      password: one(3, text),
      securityPolicy: one(4, text),
      securityMode: one(5, text),
      certificate: one(6, text),
      privateKey: one(7, text),
      timeout: one(8, whole),
    }),
  ),
  modbus: maybe(2, message("v1alpha1.ProtocolConfigModbus", { slaveID: one(1, whole) })),
  bluetooth: maybe(3, message("v1alpha1.ProtocolConfigBluetooth", { macAddress: one(1, text) })),
  common: maybe(4, protocolConfigCommon),
  customizedProtocol: maybe(5, customized("v1alpha1.ProtocolConfigCustomized")),
});

/** A characteristic, and how its bytes become a value. */
export const visitorConfigBluetooth = message("v1alpha1.VisitorConfigBluetooth", {
  characteristicUUID: one(1, text),
  dataWrite: map(2, bytes),
  dataConverter: maybe(
    3,
    message("v1alpha1.BluetoothReadConverter", {
      startIndex: one(1, whole),
      endIndex: one(2, whole),
      shiftLeft: one(3, uint64),
      shiftRight: one(4, uint64),
      orderOfOperations: many(
        5,
        message("v1alpha1.BluetoothOperations", { operationType: one(1, text), operationValue: one(2, double) }),
      ),
    }),
  ),
});

/** Where one property lives on the device, and how often it is read. */
export const devicePropertyVisitor = message("v1alpha1.DevicePropertyVisitor", {
  propertyName: one(1, text),
  /** In nanoseconds, as `collectCycle`. */
  reportCycle: one(2, whole),
  collectCycle: one(3, whole),
  customizedValues: maybe(4, customizedValue),
  opcua: maybe(5, message("v1alpha1.VisitorConfigOPCUA", { nodeID: one(1, text), browseName: one(2, text) })),
  modbus: maybe(
    6,
    message("v1alpha1.VisitorConfigModbus", {
      register: one(1, text),
      offset: one(2, whole),
      limit: one(3, whole),
      scale: one(4, double),
      isSwap: one(5, bool),
      isRegisterSwap: one(6, bool),
    }),
  ),
  bluetooth: maybe(7, visitorConfigBluetooth),
  customizedProtocol: maybe(8, customized("v1alpha1.VisitorConfigCustomized")),
});
