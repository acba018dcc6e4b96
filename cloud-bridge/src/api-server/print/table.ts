import type { ApiObject, Fields } from "../api-object.ts";
import type { Column, ServedResource } from "../resources/served-resource.ts";
import type { Form } from "./form.ts";

/** What of the object goes with its row: `includeObject` of the request. */
export type IncludeObject = "None" | "Metadata" | "Object";

/** Only the metadata of an object. */
export const partial = ({ metadata }: ApiObject, { version }: Pick<Form, "version">): Fields => ({
  kind: "PartialObjectMetadata",
  apiVersion: `meta.k8s.io/${version}`,
  metadata,
});

/** The columns, as a Table declares them. */
export const columnDefinitions = ({ columns }: Pick<ServedResource, "columns">): Fields[] =>
  columns.map(({ name, type, format = "", description, priority = 0 }: Column) => ({
    name,
    type,
    format,
    description,
    priority,
  }));

/** What rows are made with. */
export interface Rows {
  readonly resource: ServedResource;
  readonly form: Form;
  readonly include: IncludeObject;
  readonly nowMs: number;
}

/** The row of an object. */
export function rowOf(object: ApiObject, { resource, form, include, nowMs }: Rows): Fields {
  const cells = resource.columns.map(({ cell }) => cell(object, nowMs));
  if (include === "None") return { cells, object: null };
  return { cells, object: include === "Object" ? object : partial(object, form) };
}

/** A table of one object. Of a watch, only the first has the columns. */
export function tableOf(object: ApiObject, rows: Rows, { withColumns = true } = {}): Fields {
  return {
    kind: "Table",
    apiVersion: `meta.k8s.io/${rows.form.version}`,
    metadata: { resourceVersion: object.metadata.resourceVersion },
    columnDefinitions: withColumns ? columnDefinitions(rows.resource) : null,
    rows: [rowOf(object, rows)],
  };
}
