import { type ApiObject, fieldsAt } from "../api-object.ts";
import { age } from "../print/age.ts";
import { ageColumn, column, conditionOf, nameColumn } from "../print/columns.ts";
import { labelRule, subdomainRule } from "../validation/names.ts";
import { anything, type Schema, text } from "../validation/schema.ts";
import { eventFields, eventView, sourceOf } from "./event-views.ts";
import { allVerbs, readVerbs, type ServedResource } from "./served-resource.ts";

const open: Schema = { type: "object", ...anything };
const texts: Schema = { type: "object", additionalProperties: text };
const objectOf = (properties: Record<string, Schema>): Schema => ({ type: "object", properties });

/** Microseconds, six digits, as Leases and events want them. */
const microTime: Schema = {
  type: "string",
  format: "date-time",
  pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}(Z|[+-]\\d\\d:\\d\\d)$",
  nullable: true,
};

const defaults = {
  group: "",
  version: "v1",
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: allVerbs,
  hasGeneration: false,
  hasStatus: false,
  createsOnUpdate: true,
  selectableFields: [],
  nameRule: subdomainRule,
} as const;

const of = (
  kind: string,
  plural: string,
  rest: Pick<ServedResource, "schema" | "columns"> & Partial<ServedResource>,
): ServedResource => ({
  ...defaults,
  kind,
  plural,
  singular: kind.toLowerCase(),
  listKind: `${kind}List`,
  storedAs: plural,
  ...rest,
});

const at = (object: ApiObject, ...path: readonly string[]): string => {
  const value = fieldsAt(object, ...path.slice(0, -1))[path.at(-1) as string];
  return value === undefined || value === null ? "" : String(value);
};

const keysOf = (object: ApiObject, ...fields: readonly string[]): number =>
  fields.reduce((sum, field) => sum + Object.keys(fieldsAt(object, field)).length, 0);

const namespaces = of("Namespace", "namespaces", {
  namespaced: false,
  shortNames: ["ns"],
  hasStatus: true,
  nameRule: labelRule,
  selectableFields: ["status.phase"],
  verbs: allVerbs.filter((verb) => verb !== "deletecollection"),
  schema: objectOf({ spec: objectOf({ finalizers: { type: "array", items: text } }), status: open }),
  columns: [
    nameColumn,
    column("Status", "Whether it is in use or on its way out.", (object) => at(object, "status", "phase")),
    ageColumn,
  ],
  complete(object, before) {
    object.metadata.labels = { ...object.metadata.labels, "kubernetes.io/metadata.name": object.metadata.name ?? "" };
    if (before) return;
    object.spec = { finalizers: ["kubernetes"] };
    object.status = { phase: "Active" };
  },
});

const nodes = of("Node", "nodes", {
  namespaced: false,
  shortNames: ["no"],
  hasStatus: true,
  selectableFields: ["spec.unschedulable"],
  schema: objectOf({ spec: open, status: open }),
  columns: [
    nameColumn,
    column("Status", "Whether it is connected.", (object) => {
      const ready = conditionOf(object, "Ready");
      return ready === "True" ? "Ready" : ready === undefined ? "Unknown" : "NotReady";
    }),
    column("Roles", "From its labels.", ({ metadata }) => {
      const roles = Object.keys(metadata.labels ?? {}).filter((key) => key.startsWith("node-role.kubernetes.io/"));
      return (
        roles
          .map((key) => key.slice(24))
          .sort()
          .join(",") || "<none>"
      );
    }),
    ageColumn,
    column("Version", "Of the agent.", (object) => at(object, "status", "nodeInfo", "kubeletVersion")),
  ],
});

const eventColumns = [
  column("Last Seen", "When it happened last.", (event, nowMs) =>
    age(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp, nowMs),
  ),
  column("Type", "Normal or Warning.", (event) => at(event, "type")),
  column("Reason", "One word.", (event) => at(event, "reason")),
  column(
    "Object",
    "What it is about.",
    (event) => `${at(event, "involvedObject", "kind").toLowerCase()}/${at(event, "involvedObject", "name")}`,
  ),
  column("Subobject", "Which part of it.", (event) => at(event, "involvedObject", "fieldPath"), { priority: 1 }),
  column("Source", "Who says so.", sourceOf, { priority: 1 }),
  column("Message", "What happened.", (event) => at(event, "message").trim()),
  column(
    "First Seen",
    "When it happened first.",
    (event, nowMs) => age(event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp, nowMs),
    { priority: 1 },
  ),
  column("Count", "How often.", (event) => event.count ?? 1, { priority: 1 }),
  { ...nameColumn, priority: 1 },
];

const events = of("Event", "events", {
  shortNames: ["ev"],
  selectableFields: eventFields,
  schema: objectOf({
    ...Object.fromEntries(
      ["action", "message", "reason", "reportingComponent", "reportingInstance", "type"].map((name) => [name, text]),
    ),
    count: { type: "integer" },
    eventTime: microTime,
    firstTimestamp: { ...text, nullable: true },
    lastTimestamp: { ...text, nullable: true },
    involvedObject: open,
    related: open,
    series: open,
    source: open,
  }),
  columns: eventColumns,
});

/** What `kubectl get` shows of the other view is the same table. */
const storedView = (event: ApiObject) => eventView.toStored(event, () => undefined);
const newEvents: ServedResource = {
  ...events,
  group: "events.k8s.io",
  conversion: eventView,
  selectableFields: [
    "reason",
    "type",
    "reportingController",
    ...eventFields.map((field) => field.replace(/^involvedObject/, "regarding")),
  ],
  schema: objectOf({
    ...Object.fromEntries(
      ["action", "note", "reason", "reportingController", "reportingInstance", "type"].map((name) => [name, text]),
    ),
    eventTime: microTime,
    regarding: open,
    related: open,
    series: open,
    deprecatedCount: { type: "integer" },
    deprecatedFirstTimestamp: { ...text, nullable: true },
    deprecatedLastTimestamp: { ...text, nullable: true },
    deprecatedSource: open,
  }),
  columns: eventColumns.map((shown) => ({ ...shown, cell: (event, nowMs) => shown.cell(storedView(event), nowMs) })),
};

const configMaps = of("ConfigMap", "configmaps", {
  shortNames: ["cm"],
  schema: objectOf({ data: texts, binaryData: texts, immutable: { type: "boolean" } }),
  columns: [
    nameColumn,
    column("Data", "Number of entries.", (object) => keysOf(object, "data", "binaryData")),
    ageColumn,
  ],
});

const secrets = of("Secret", "secrets", {
  selectableFields: ["type"],
  schema: objectOf({ data: texts, stringData: texts, immutable: { type: "boolean" }, type: text }),
  columns: [
    nameColumn,
    column("Type", "What it is for.", (object) => at(object, "type")),
    column("Data", "Number of entries.", (object) => keysOf(object, "data")),
    ageColumn,
  ],
  complete(object, before) {
    for (const [key, value] of Object.entries(fieldsAt(object, "stringData"))) {
      object.data = { ...fieldsAt(object, "data"), [key]: Buffer.from(String(value)).toString("base64") };
    }
    delete object.stringData;
    object.type = object.type || before?.type || "Opaque";
  },
});

const leases = of("Lease", "leases", {
  group: "coordination.k8s.io",
  storedAs: "leases.coordination.k8s.io",
  schema: objectOf({
    spec: objectOf({
      holderIdentity: text,
      leaseDurationSeconds: { type: "integer", minimum: 1 },
      acquireTime: microTime,
      renewTime: microTime,
      leaseTransitions: { type: "integer", minimum: 0 },
      preferredHolder: text,
      strategy: text,
    }),
  }),
  columns: [nameColumn, column("Holder", "Who has it.", (object) => at(object, "spec", "holderIdentity")), ageColumn],
});

const definitions = of("CustomResourceDefinition", "customresourcedefinitions", {
  group: "apiextensions.k8s.io",
  storedAs: "customresourcedefinitions.apiextensions.k8s.io",
  namespaced: false,
  shortNames: ["crd", "crds"],
  categories: ["api-extensions"],
  verbs: readVerbs,
  schema: objectOf({ spec: open, status: open }),
  columns: [
    nameColumn,
    column("Created At", "When it came.", ({ metadata }) => metadata.creationTimestamp, { type: "date" }),
  ],
});

/** Every resource of Kubernetes itself that the server has. */
export const builtInResources: readonly ServedResource[] = [
  configMaps,
  events,
  namespaces,
  nodes,
  secrets,
  newEvents,
  leases,
  definitions,
];
