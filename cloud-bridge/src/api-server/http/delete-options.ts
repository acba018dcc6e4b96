import { fieldsAt } from "../api-object.ts";
import { badRequest, invalid } from "../failures.ts";
import type { DeleteOptions } from "../write/remove.ts";
import { readYaml } from "./body.ts";

const policies = ["Foreground", "Background", "Orphan"];

/**
 * Reads DeleteOptions from body and query; dependents go in the background when nothing is said.
 *
 * @throws BridgeError `KUBERNETES` 400 for a body that cannot be read, 422 for values that are none.
 */
export function readDeleteOptions(body: Buffer, query: URLSearchParams): DeleteOptions {
  const options = fieldsAt(parseBody(body));
  const policy =
    query.get("propagationPolicy") ?? options.propagationPolicy ?? (options.orphanDependents ? "Orphan" : "Background");
  if (typeof policy !== "string" || !policies.includes(policy)) {
    const supported = [...policies, "nil"].map((value) => JSON.stringify(value)).join(", ");
    const message = `Unsupported value: ${JSON.stringify(policy)}: supported values: ${supported}`;
    throw invalid({ group: "meta.k8s.io", kind: "DeleteOptions", name: "" }, [
      { reason: "FieldValueNotSupported", message, field: "propagationPolicy" },
    ]);
  }
  const dryRun = [...(Array.isArray(options.dryRun) ? options.dryRun : []), ...query.getAll("dryRun")];
  if (dryRun.some((value) => value !== "All")) {
    const message = `Unsupported value: ${JSON.stringify(dryRun)}: supported values: "All"`;
    throw invalid({ group: "meta.k8s.io", kind: "DeleteOptions", name: "" }, [
      { reason: "FieldValueNotSupported", message, field: "dryRun" },
    ]);
  }
  const { uid, resourceVersion } = fieldsAt(options, "preconditions");
  return {
    propagation: policy as DeleteOptions["propagation"],
    dryRun: dryRun.length > 0,
    ...(typeof uid === "string" && { uid }),
    ...(typeof resourceVersion === "string" && { resourceVersion }),
  };
}

function parseBody(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return readYaml(body.toString("utf8"));
  } catch (cause) {
    throw badRequest(`the DeleteOptions of the body cannot be read: ${(cause as Error).message}`);
  }
}
