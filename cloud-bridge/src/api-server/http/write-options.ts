import { type Cause, invalid } from "../failures.ts";
import type { WriteOptions } from "../write/core.ts";
import type { Exchange } from "./exchange.ts";

/** The longest name of a manager. */
const maxManagerBytes = 128;
const validations = ["", "Ignore", "Strict", "Warn"];

/**
 * Reads `dryRun`, `fieldManager` and `fieldValidation`. Without a manager it is the program: what comes before the `/` of
 * its User-Agent.
 *
 * @throws BridgeError `KUBERNETES` 422 for values that are none; `kind` is the one of the options: `CreateOptions`, ...
 */
export function readWriteOptions(
  { query, request, warnings }: Exchange,
  kind: string,
  { needsManager = false } = {},
): WriteOptions {
  const dryRun = query.getAll("dryRun").filter((value) => value !== "");
  const manager = query.get("fieldManager") ?? "";
  const validation = query.get("fieldValidation") ?? "";
  const causes: Cause[] = [];
  if (dryRun.some((value) => value !== "All")) {
    const message = `Unsupported value: []string{${dryRun.map((value) => JSON.stringify(value)).join(", ")}}: supported values: "All"`;
    causes.push({ reason: "FieldValueNotSupported", message, field: "dryRun" });
  }
  if (needsManager && manager === "") {
    causes.push({
      reason: "FieldValueRequired",
      message: "Required value: is required for apply patch",
      field: "fieldManager",
    });
  }
  if (Buffer.byteLength(manager) > maxManagerBytes) {
    causes.push({
      reason: "FieldValueTooLong",
      message: `Too long: may not be more than ${maxManagerBytes} bytes`,
      field: "fieldManager",
    });
  }
  if (!validations.includes(validation)) {
    const message = `Unsupported value: ${JSON.stringify(validation)}: supported values: ${validations.map((value) => JSON.stringify(value)).join(", ")}`;
    causes.push({ reason: "FieldValueNotSupported", message, field: "fieldValidation" });
  }
  if (causes.length > 0) throw invalid({ group: "meta.k8s.io", kind, name: "" }, causes);
  const program = (request.headers["user-agent"] ?? "unknown").split("/")[0] as string;
  return {
    dryRun: dryRun.length > 0,
    manager: manager || program.slice(0, maxManagerBytes) || "unknown",
    fieldValidation: (validation || "Warn") as WriteOptions["fieldValidation"],
    warn: (text) => warnings.push(text),
  };
}
