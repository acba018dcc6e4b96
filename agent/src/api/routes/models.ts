import { findModel, idOf } from "../find.ts";
import { inNamespace } from "../in-namespace.ts";
import { putManifest } from "../put-manifest.ts";
import { ok, type Reply } from "../reply.ts";
import { modelJson } from "../resources.ts";
import type { Call, Route } from "../route.ts";

const path = "/api/v1/models/{namespace}/{name}";

/** Device models: list, show, apply one, delete. */
export const modelRoutes: readonly Route[] = [
  { method: "GET", path: "/api/v1/models", query: ["namespace"], handle: listModels },
  { method: "GET", path, handle: getModel },
  { method: "PUT", path, handle: (call) => putManifest(call, "DeviceModel", () => getModel(call)) },
  { method: "DELETE", path, handle: deleteModel },
];

function listModels({ core, query }: Call): Reply {
  return ok({
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "DeviceModelList",
    items: core.registry.models().filter(inNamespace(query)).map(modelJson),
  });
}

function getModel({ core, params }: Call): Reply {
  return ok(modelJson(findModel(core, params)));
}

async function deleteModel({ core, params, origin }: Call): Promise<Reply> {
  findModel(core, params);
  await core.registry.deleteModel(idOf(params), origin);
  return { status: 204 };
}
