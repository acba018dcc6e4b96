import { manifestTypes, textBody } from "../body.ts";
import { ok, type Reply } from "../reply.ts";
import type { Call, Route } from "../route.ts";

/** Applying any number of manifests at once. */
export const manifestRoutes: readonly Route[] = [
  { method: "POST", path: "/api/v1/manifests", query: ["file"], handle: applyManifests },
];

async function applyManifests(call: Call): Promise<Reply> {
  const { core, origin, query } = call;
  const text = await textBody(call, manifestTypes);
  const file = query.get("file");
  const items = await core.registry.apply(text, { origin, ...(file !== null && { file }) });
  return ok({ items });
}
