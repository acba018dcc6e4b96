import type { Change } from "../../admission/cluster-view.ts";
import { invalid } from "../failures.ts";
import type { Core, Target, WriteOptions } from "./core.ts";
import { storedView } from "./stored-view.ts";

/** @throws BridgeError `KUBERNETES` 422 with everything that a review of the change found; warnings go to the client. */
export function checkReview(
  core: Core,
  { resource }: Pick<Target, "resource">,
  change: Change,
  { warn }: Pick<WriteOptions, "warn">,
): void {
  if (!core.reviewer) return;
  const { causes, warnings } = core.reviewer(resource, change, storedView(core));
  const subject = {
    group: resource.group,
    kind: resource.kind,
    name: (change.object ?? change.before)?.metadata?.name ?? "",
  };
  if (causes.length > 0) throw invalid(subject, causes);
  for (const warning of warnings) warn(warning);
}
