import { defineProtocol, type Property, type Protocol, p } from "@edgetwin/mapper-sdk";
import { discoverDevices } from "./discover.ts";
import { connection } from "./session/connection.ts";
import { openDevice } from "./session/plan.ts";
import { type BleVisitor, type Visitor, visitor } from "./session/visitor.ts";

const bleProtocol = (protocol: string): Protocol<BleVisitor> =>
  defineProtocol({
    protocol,
    connection,
    visitor,
    narrow: narrowed,
    open: (context) => openDevice(context),
    read: ({ session, name, signal }) => session.read(name, signal),
    readMany: ({ session, wanted, signal, goOn }) =>
      session.readMany(
        wanted.map(({ name }) => name),
        { signal, goOn },
      ),
    write: ({ session, name, signal }, value) => session.write(name, value, signal),
    watch: ({ session, name, signal }) => session.watch(name, signal),
    discover: discoverDevices,
  });

/** The property as its visitor narrows it: names of numbers, or of bytes, are the only words it knows. */
function narrowed(property: Property, visitor: Visitor): Property {
  const named = "characteristicUUID" in visitor ? visitor.dataWrite : visitor.values;
  if (property.type !== "STRING" || named === undefined) return property;
  if ("characteristicUUID" in visitor && visitor.dataConverter !== undefined) return property;
  const names = named instanceof Map ? [...named.keys()] : Object.keys(named);
  const { access, unit, description } = property;
  return p.oneOf(names, { ...(access && { access }), ...(unit && { unit }), ...(description && { description }) });
}

/**
 * Serves any model over Bluetooth LE: sensors that are read from their advertisements (`format`), and devices that are
 * connected and whose properties live in GATT characteristics.
 */
export const ble = bleProtocol("ble");

/** The same under the name that KubeEdge's manifests have for it. */
export const bluetooth = bleProtocol("bluetooth");
