import { nearest } from "@edgetwin/mapper-sdk";
import type { Core } from "../core.ts";
import { AgentError } from "../errors.ts";
import { type DeviceMethod, methodsOf } from "../methods/device-methods.ts";
import type { DeviceEntry, ModelEntry } from "../registry/registry.ts";
import type { DeviceTwin, PropertyTwin } from "../twin/types.ts";

type Params = Readonly<Record<string, string>>;

/** The device that a path names. @throws AgentError `NOT_FOUND` with the nearest one. */
export function findDevice({ registry }: Core, params: Params): DeviceEntry {
  const id = idOf(params);
  return registry.device(id) ?? missing("device", id, registry.devices());
}

/** The model that a path names. @throws AgentError `NOT_FOUND` with the nearest one. */
export function findModel({ registry }: Core, params: Params): ModelEntry {
  const id = idOf(params);
  return registry.model(id) ?? missing("model", id, registry.models());
}

/** The twins of the device that a path names. @throws AgentError `NOT_FOUND`. */
export function findTwins(core: Core, params: Params): DeviceTwin {
  const { id } = findDevice(core, params);
  return core.engine.device(id) ?? missing("device", id, []);
}

/** One property of {@link findTwins}. @throws AgentError `NOT_FOUND` with the nearest one. */
export function findProperty(device: DeviceTwin, name: string): PropertyTwin {
  const found = device.twins.get(name);
  if (found) return found;
  const names = [...device.twins.keys()];
  const near = nearest(name, names);
  const hint = near ? `did you mean "${near}"?` : `the device has: ${names.slice(0, 8).join(", ") || "no properties"}`;
  throw new AgentError("NOT_FOUND", `${device.id} has no property ${name}; ${hint}`);
}

/** The method of a device that a path names. @throws AgentError `NOT_FOUND` with the nearest one. */
export function findMethod(device: DeviceEntry, name: string): DeviceMethod {
  const methods = methodsOf(device);
  const found = methods.find((method) => method.name === name);
  if (found) return found;
  const names = methods.map((method) => method.name);
  const near = nearest(name, names);
  const hint = near ? `did you mean "${near}"?` : `the device has: ${names.slice(0, 8).join(", ") || "no methods"}`;
  throw new AgentError("NOT_FOUND", `${device.id} has no method ${name}; ${hint}`);
}

/** `namespace/name` from the parameters of a path. */
export const idOf = ({ namespace, name }: Params): string => `${namespace}/${name}`;

function missing(what: "device" | "model", id: string, known: readonly { readonly id: string }[]): never {
  const near = nearest(
    id,
    known.map((entry) => entry.id),
  );
  const hint = near ? `did you mean "${near}"?` : `"edgetwin get ${what}s --all-namespaces" lists them`;
  throw new AgentError("NOT_FOUND", `there is no ${what} ${id}; ${hint}`);
}
