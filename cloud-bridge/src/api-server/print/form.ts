import { notAcceptable } from "../failures.ts";

/** How the client wants objects: whole, as rows of a table, or only their metadata. */
export interface Form {
  readonly as: "object" | "table" | "metadata";
  readonly yaml: boolean;
  /** Of meta.k8s.io, for tables and metadata. */
  readonly version: "v1" | "v1beta1";
}

const accepted =
  "application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch";
const plain: Form = { as: "object", yaml: false, version: "v1" };

/** The media type of a form. */
export const mediaTypeOf = ({ yaml }: Form): string => (yaml ? "application/yaml" : "application/json");

/** @throws BridgeError `KUBERNETES` 406 when nothing that the client takes can be given. */
export function readForm(accept: string | undefined): Form {
  if (accept === undefined || accept.trim() === "") return plain;
  for (const range of accept.split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    const form = formOf(type, new Map(parameters.map((part) => part.split("=", 2) as [string, string])));
    if (form) return form;
  }
  throw notAcceptable(accepted);
}

function formOf(type: string, parameters: ReadonlyMap<string, string>): Form | undefined {
  const yaml = type === "application/yaml";
  if (!yaml && type !== "application/json" && type !== "*/*" && type !== "application/*") return undefined;
  const as = parameters.get("as");
  if (as === undefined) return { ...plain, yaml };
  const version = parameters.get("v");
  if (parameters.get("g") !== "meta.k8s.io" || (version !== "v1" && version !== "v1beta1")) return undefined;
  if (as === "Table") return { as: "table", yaml, version };
  return as === "PartialObjectMetadata" || as === "PartialObjectMetadataList"
    ? { as: "metadata", yaml, version }
    : undefined;
}
