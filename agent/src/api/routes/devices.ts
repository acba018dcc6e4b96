import { findDevice, idOf } from "../find.ts";
import { inNamespace } from "../in-namespace.ts";
import { putManifest } from "../put-manifest.ts";
import { ok, type Reply } from "../reply.ts";
import { deviceJson } from "../resources.ts";
import type { Call, Route } from "../route.ts";

const path = "/api/v1/devices/{namespace}/{name}";

/** Devices: list, show, apply one, delete. */
export const deviceRoutes: readonly Route[] = [
  { method: "GET", path: "/api/v1/devices", query: ["namespace"], handle: listDevices },
  { method: "GET", path, handle: getDevice },
  { method: "PUT", path, handle: (call) => putManifest(call, "Device", () => getDevice(call)) },
  { method: "DELETE", path, handle: deleteDevice },
];

function listDevices({ core, query }: Call): Reply {
  const entries = core.registry.devices().filter(inNamespace(query));
  const view = { node: core.node, now: core.clock.now() };
  return ok({
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "DeviceList",
    items: entries.map((entry) => deviceJson(entry, core.engine.device(entry.id), view)),
  });
}

function getDevice({ core, params }: Call): Reply {
  const entry = findDevice(core, params);
  return ok(deviceJson(entry, core.engine.device(entry.id), { node: core.node, now: core.clock.now() }));
}

async function deleteDevice({ core, params, origin }: Call): Promise<Reply> {
  findDevice(core, params);
  await core.registry.deleteDevice(idOf(params), origin);
  return { status: 204 };
}
