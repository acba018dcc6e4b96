import type { Resource } from "@edgetwin/models";
import { AgentError } from "../errors.ts";
import { manifestTypes, textBody } from "./body.ts";
import { idOf } from "./find.ts";
import type { Reply } from "./reply.ts";
import type { Call } from "./route.ts";

/**
 * Applies the one manifest in the body, which must be of `kind` and have the name in the path. Answers what `show`
 * answers then, with 201 when it is new.
 *
 * @throws AgentError `MANIFEST_INVALID`, `REQUEST_INVALID` when it is another resource than the path says.
 */
export async function putManifest(call: Call, kind: "Device" | "DeviceModel", show: () => Reply): Promise<Reply> {
  const { core, params, origin } = call;
  const text = await textBody(call, manifestTypes);
  const wanted = `${kind} ${idOf(params)}`;
  const [applied] = await core.registry.apply(text, { origin, check: (resources) => checkOnly(resources, wanted) });
  const reply = show();
  return applied?.result === "created" ? { ...reply, status: 201 } : reply;
}

function checkOnly([only, ...others]: readonly Resource[], wanted: string): void {
  if (!only || others.length > 0) {
    const fix = "send one, or send all to POST /api/v1/manifests";
    throw new AgentError("REQUEST_INVALID", `the body has ${only ? others.length + 1 : 0} manifests; ${fix}`);
  }
  const given = `${only.kind} ${only.metadata.namespace ?? "default"}/${only.metadata.name}`;
  if (given !== wanted) {
    throw new AgentError("REQUEST_INVALID", `the body is ${given}, but the path says ${wanted}: make them equal`);
  }
}
