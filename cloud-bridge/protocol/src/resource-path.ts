/** `{namespace}/{type}/{name}` of a Kubernetes object; the namespace is undefined for objects without one (`null/…`). */
export interface ObjectPath {
  readonly namespace?: string;
  /** Singular and lower case: `device`, `devicemodel`, `node`, `configmap`. */
  readonly type: string;
  readonly name: string;
}

/** The object that a resource string names, or undefined when it is no such string. */
export function parseObjectPath(resource: string): ObjectPath | undefined {
  const parts = resource.split("/");
  const [namespace, type, name] = parts;
  if (parts.length !== 3 || !namespace || !type || !name) return undefined;
  return { ...(namespace !== "null" && { namespace }), type, name };
}

export const formatObjectPath = ({ namespace, type, name }: ObjectPath): string =>
  `${namespace ?? "null"}/${type}/${name}`;

/** `default/thermo-1` as the device twin calls a device. */
export interface DeviceName {
  readonly namespace: string;
  readonly name: string;
}

/** The two reports of a device, by the end of their resource. */
const reportEnds = { twin: "twin/edge_updated", state: "state/update" } as const;

export type ReportKind = keyof typeof reportEnds;

/** Device and kind of `device/{namespace}/{name}/twin/edge_updated` or `…/state/update`. */
export function parseReportPath(resource: string): (DeviceName & { readonly report: ReportKind }) | undefined {
  for (const report of ["twin", "state"] as const) {
    const match = new RegExp(`^device/([^/]+)/([^/]+)/${reportEnds[report]}$`).exec(resource);
    if (match) return { namespace: match[1] as string, name: match[2] as string, report };
  }
  return undefined;
}

export const formatReportPath = ({ namespace, name }: DeviceName, report: ReportKind): string =>
  `device/${namespace}/${name}/${reportEnds[report]}`;
