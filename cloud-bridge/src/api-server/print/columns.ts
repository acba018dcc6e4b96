import { type ApiObject, fieldsAt } from "../api-object.ts";
import type { Column } from "../resources/served-resource.ts";
import { age } from "./age.ts";
import { parseJsonPath } from "./json-path.ts";

/** The first column of nearly every table. */
export const nameColumn: Column = {
  name: "Name",
  type: "string",
  format: "name",
  description: "Name of the object, unique within its namespace.",
  cell: ({ metadata }) => metadata.name ?? "",
};

/** A column whose cell is worked out from the object. */
export const column = (
  name: string,
  description: string,
  cell: Column["cell"],
  more: Partial<Column> = {},
): Column => ({
  name,
  type: "string",
  description,
  cell,
  ...more,
});

/** How old the object is. */
export const ageColumn = column("Age", "Time since the object was created.", ({ metadata }, nowMs) =>
  age(metadata.creationTimestamp, nowMs),
);

/** A column as CustomResourceDefinitions declare it. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  readonly jsonPath: string;
}

/** The columns of a definition; only the age when it declares none. */
export function columnsOf(declared: readonly PrinterColumn[] = []): Column[] {
  if (declared.length === 0) return [nameColumn, { ...ageColumn, type: "date" }];
  return [nameColumn, ...declared.map(declaredColumn)];
}

function declaredColumn({ jsonPath, description, ...rest }: PrinterColumn): Column {
  const read = parseJsonPath(jsonPath);
  const about = description ?? `Custom resource definition column (in JSONPath format): ${jsonPath}`;
  return { ...rest, description: about, cell: (object, nowMs) => cellOf(read(object)[0], rest.type, nowMs) };
}

/** Numbers and booleans stay what they are; what does not fit the column shows as nothing. */
function cellOf(value: unknown, type: string, nowMs: number): unknown {
  if (value === undefined || value === null) return null;
  if (type === "date") return age(value, nowMs);
  if (type === "integer") return typeof value === "number" ? Math.trunc(value) : null;
  if (type === "number") return typeof value === "number" ? value : null;
  if (type === "boolean") return typeof value === "boolean" ? value : null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The `status` of a condition by its type, for columns of built-in kinds. */
export function conditionOf(object: ApiObject, type: string): string | undefined {
  const { conditions } = fieldsAt(object, "status");
  const found = Array.isArray(conditions) ? conditions.find((condition) => condition?.type === type) : undefined;
  return typeof found?.status === "string" ? found.status : undefined;
}
