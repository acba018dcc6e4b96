import { MapperError, type Model, type Scope } from "@edgetwin/mapper-sdk";
import type { AdapterWorld } from "../adapter/adapters.ts";
import { acquireAdapter } from "../adapter/adapters.ts";
import { type Binding, bindingOf } from "../gatt/binding.ts";
import type { Connection } from "./connection.ts";
import { GattSession } from "./gatt-session.ts";
import { sensorPlan } from "./sensor-plan.ts";
import { SensorSession } from "./sensor-session.ts";
import type { BleSession } from "./session.ts";
import { targetOf } from "./target.ts";
import type { Visitor } from "./visitor.ts";

/** What a device is opened with. */
export interface Opening extends AdapterWorld {
  readonly connection: Connection;
  readonly visitors: Readonly<Record<string, Visitor>>;
  readonly model: Model;
  readonly scope: Scope;
  readonly signal: AbortSignal;
}

/**
 * Opens a sensor or a connected device. Rejects with `CONFIG_INVALID` before the adapter is touched when the settings do
 * not fit each other.
 */
export async function openDevice(opening: Opening): Promise<BleSession> {
  const { connection, visitors, model, scope, signal, clock, log } = opening;
  const target = targetOf(connection);
  const { format, bindKey, searchMs, dutyPercent } = connection;
  if (format === undefined && bindKey !== undefined)
    throw new MapperError("CONFIG_INVALID", "connection.bindKey: is for sensors; give their format too");
  const sensor = format && { format, plan: sensorPlan(model, visitors, format) };
  const bindings = sensor ? undefined : bindingsOf(model, visitors);
  const { adapter } = scope.use(acquireAdapter(connection, opening));
  await adapter.ready(signal);
  // A name is often said only when a device is asked for it.
  const scan = { active: connection.activeScan ?? connection.name !== undefined, dutyPercent };
  const shared = { adapter, clock, log, target, scan, searchMs };
  if (sensor) {
    const { silentMs } = connection;
    return await SensorSession.open({ ...shared, ...sensor, secrets: { bindKey }, silentMs }, { scope, signal });
  }
  const { connectMs, timeoutMs, mtu } = connection;
  return await GattSession.open(
    { ...shared, bindings: bindings as ReadonlyMap<string, Binding>, connectMs, timeoutMs, mtu },
    { scope, signal },
  );
}

function bindingsOf(model: Model, visitors: Readonly<Record<string, Visitor>>): ReadonlyMap<string, Binding> {
  const bindings = new Map<string, Binding>();
  const problems: string[] = [];
  for (const [name, visitor] of Object.entries(visitors)) {
    const property = model.properties[name];
    if (!property) continue;
    try {
      bindings.set(name, bindingOf(property, visitor, name));
    } catch (error) {
      if (!(error instanceof MapperError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new MapperError("CONFIG_INVALID", problems.join("\n"));
  return bindings;
}
