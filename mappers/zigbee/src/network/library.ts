import type { Controller } from "zigbee-herdsman";

/** A device of the network, as the library knows it. */
export type KnownDevice = NonNullable<ReturnType<Controller["getDeviceByIeeeAddr"]>>;
/** One of its endpoints. */
export type KnownEndpoint = KnownDevice["endpoints"][number];
/** The library. */
export type Library = typeof import("zigbee-herdsman");

let loading: Promise<Library> | undefined;

/** Loads the library when the first network needs it: 24 MB of memory that a zigbee2mqtt needs not. */
export function loadLibrary(): Promise<Library> {
  loading ??= import("zigbee-herdsman").then((module) => ("default" in module ? (module.default as Library) : module));
  return loading;
}

/** Lets go of the port of a controller whose start failed half way; the library has no other way to. */
export async function abandon(controller: Controller): Promise<void> {
  const { adapter } = controller as unknown as { readonly adapter?: { stop(): Promise<void> } };
  await adapter?.stop().catch(() => undefined); // it was lost already
}
