/** The parts of an OpenAPI v3 schema that a structural CustomResourceDefinition uses here. */
export interface CrdSchema {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, CrdSchema>>;
  readonly required?: readonly string[];
  readonly items?: CrdSchema;
  readonly additionalProperties?: CrdSchema;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-map-type"?: string;
  readonly default?: unknown;
}

/** A CustomResourceDefinition, as far as the tests look at it. */
export interface Crd {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: Readonly<Record<string, unknown>>;
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly storage: boolean;
      readonly subresources?: unknown;
      readonly additionalPrinterColumns?: readonly { readonly name: string; readonly jsonPath: string }[];
      readonly schema: { readonly openAPIV3Schema: CrdSchema };
    }[];
  };
}

/**
 * What an API server would refuse in `value`. Unknown fields are pruned, not refused, and nulls are dropped before the
 * validation (kubernetes.io, CustomResourceDefinition, "Defaulting and Nullable").
 */
export function refused(schema: CrdSchema, value: unknown, path = ""): string[] {
  if (value === null || value === undefined) return [];
  const { type, enum: options } = schema;
  if (!hasType(value, type)) return [`${path}: expected ${type}`];
  const own = options && !options.some((option) => option === value) ? [`${path}: not in the list`] : [];
  if (Array.isArray(value)) {
    return [...own, ...value.flatMap((entry, index) => refused(schema.items ?? {}, entry, `${path}[${index}]`))];
  }
  if (typeof value !== "object") return own;
  const fields = value as Readonly<Record<string, unknown>>;
  const missing = (schema.required ?? []).filter((name) => fields[name] === undefined || fields[name] === null);
  const inner = Object.entries(fields).flatMap(([name, entry]) => {
    const known =
      schema.properties && Object.hasOwn(schema.properties, name)
        ? schema.properties[name]
        : schema.additionalProperties;
    return known ? refused(known, entry, `${path}.${name}`) : [];
  });
  return [...own, ...missing.map((name) => `${path}.${name}: is missing`), ...inner];
}

function hasType(value: unknown, type: string | undefined): boolean {
  switch (type) {
    case "object":
      return typeof value === "object" && !Array.isArray(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return typeof value === "bigint" || Number.isInteger(value);
    case "number":
      return typeof value === "bigint" || typeof value === "number";
    case undefined:
      return true;
    default:
      return typeof value === type;
  }
}

/** Whatever `theirs` accepts or keeps and `ours` would refuse or lose. */
export function narrower(ours: CrdSchema | undefined, theirs: CrdSchema, path = ""): string[] {
  if (!ours) return [`${path}: is not there`];
  const issues: string[] = [];
  const keepsAll = ours["x-kubernetes-preserve-unknown-fields"] === true;
  if (ours.type !== theirs.type) issues.push(`${path}: ${ours.type} instead of ${theirs.type}`);
  if (ours.format !== undefined && ours.format !== theirs.format) issues.push(`${path}: format ${ours.format}`);
  if (ours.default !== theirs.default) issues.push(`${path}: default ${String(ours.default)}`);
  const lost = (theirs.enum ?? []).filter((option) => ours.enum && !ours.enum.includes(option));
  if (ours.enum && !theirs.enum) issues.push(`${path}: a list of values where theirs has none`);
  if (lost.length > 0) issues.push(`${path}: without ${lost.join(", ")}`);
  if (theirs["x-kubernetes-preserve-unknown-fields"] && !keepsAll) issues.push(`${path}: does not keep unknown fields`);
  for (const merge of ["x-kubernetes-list-type", "x-kubernetes-map-type"] as const) {
    if (ours[merge] !== theirs[merge]) issues.push(`${path}: ${merge} ${ours[merge]}`);
  }
  for (const name of ours.required ?? []) {
    if (!theirs.required?.includes(name)) issues.push(`${path}.${name}: is required`);
  }
  if (theirs.items) issues.push(...narrower(ours.items, theirs.items, `${path}[]`));
  if (theirs.additionalProperties && !(keepsAll && !ours.additionalProperties)) {
    issues.push(...narrower(ours.additionalProperties, theirs.additionalProperties, `${path}.*`));
  }
  for (const [name, schema] of Object.entries(theirs.properties ?? {})) {
    issues.push(...narrower(ours.properties?.[name], schema, `${path}.${name}`));
  }
  return issues;
}

/** Places that Kubernetes would not call structural: no type, or no items. */
export function unstructured(schema: CrdSchema, path = ""): string[] {
  const inner = [
    ...Object.entries(schema.properties ?? {}).map(([name, property]) => unstructured(property, `${path}.${name}`)),
    ...(schema.items ? [unstructured(schema.items, `${path}[]`)] : []),
    ...(schema.additionalProperties ? [unstructured(schema.additionalProperties, `${path}.*`)] : []),
  ].flat();
  const own = [
    ...(schema.type === undefined ? [`${path}: no type`] : []),
    ...(schema.type === "array" && !schema.items ? [`${path}: no items`] : []),
    ...(schema.properties && schema.additionalProperties ? [`${path}: properties and additionalProperties`] : []),
  ];
  return [...own, ...inner];
}
