import { agentErrors } from "../../errors.ts";
import { type JsonSchema, list, object, oneOf, ref, text, time, whole } from "./schema.ts";

const phases = ["pending", "applying", "applied", "verified", "rejected", "failed"];
const qualities = ["good", "stale", "bad"];
const healthStates = ["online", "ok", "offline", "unhealthy", "unknown"];
const mapperStates = ["unserved", "opening", "online", "waiting", "refused", "closed"];
const mapperHomes = ["inline", "process", "registered"];
const kinds = ["Device", "DeviceModel"];
const causes = ["desired", "cleared", "refused", "drifted", ...phases.slice(1)];

/** Anything a manifest may say; the agent keeps what it does not read. */
const free: JsonSchema = { type: "object", additionalProperties: true };

const value: JsonSchema = {
  type: ["string", "number", "boolean"],
  description: "Typed by the property: INT as a number, beyond 2^53 as a decimal string; BYTES as base64.",
};

const metadata: JsonSchema = {
  type: "object",
  required: ["namespace", "name", "uid", "generation", "creationTimestamp"],
  properties: {
    namespace: text(),
    name: text(),
    uid: text("Stays until the resource is deleted; one of the same name gets another."),
    generation: whole("Rises with every change of the manifest."),
    creationTimestamp: time,
  },
  additionalProperties: true,
};

const resource = (kind: string, more: Readonly<Record<string, JsonSchema>> = {}): JsonSchema =>
  object({
    apiVersion: { const: "devices.kubeedge.io/v1beta1" },
    kind: { const: kind },
    metadata,
    spec: free,
    ...more,
  });

const listOf = (kind: string): JsonSchema =>
  object({
    apiVersion: { const: "devices.kubeedge.io/v1beta1" },
    kind: { const: `${kind}List` },
    items: list(ref(kind)),
  });

/** `components.schemas` of the OpenAPI document. */
export const schemas: Readonly<Record<string, JsonSchema>> = {
  Value: value,
  Origin: object({
    door: oneOf(["mqtt", "rest", "command", "cloud", "manifest", "mapper", "agent"]),
    actor: text("For people, not for decisions."),
    "request?": text("Id that the client gave the request."),
  }),
  Twin: object(
    {
      propertyName: text(),
      type: oneOf(["INT", "FLOAT", "DOUBLE", "STRING", "BOOLEAN", "BYTES"]),
      access: oneOf(["r", "rw"]),
      "unit?": text(),
      "options?": list(text()),
      "min?": ref("Value"),
      "max?": ref("Value"),
      "optional?": { const: true, description: "Only a message announced it; the model does not know it." },
      "desired?": object({ value: ref("Value"), version: whole(), at: time, by: ref("Origin") }),
      "phase?": oneOf(phases, "How far the desired version got."),
      "phaseAt?": time,
      "attempts?": whole("Writes tried for the desired version."),
      "reason?": text("Why it failed, was rejected or has to wait."),
      version: whole("The highest desired version ever given; what If-Match and ifVersion compare."),
      appliedVersion: whole("The highest desired version the driver is known to have written."),
      "reported?": object({
        value: ref("Value"),
        version: whole(),
        at: time,
        ageMs: whole(),
        source: text(),
        quality: oneOf(qualities),
        "reason?": text("Why the quality is not good."),
      }),
    },
    "Desired and reported side of one property.",
  ),
  DeviceTwin: object({
    device: text("namespace/name"),
    uid: text(),
    properties: { type: "object", additionalProperties: ref("Twin") },
  }),
  TwinPatch: object({
    desired: {
      type: "object",
      description: "Desired values by property; null clears one. All are taken, or none.",
      additionalProperties: { type: ["string", "number", "boolean", "null"] },
    },
    "ifVersion?": {
      type: "object",
      description: "Refused unless the property is at this version.",
      additionalProperties: whole(),
    },
  }),
  PropertyPatch: object({ desired: { type: ["string", "number", "boolean", "null"] } }),
  Device: resource("Device", {
    status: object({
      node: text(),
      state: oneOf(healthStates, "Whether the device itself answers, in KubeEdge's words."),
      "reason?": text(),
      "lastOnlineTime?": time,
      mapper: object({
        "name?": text("Missing when a KubeEdge mapper on the message bus has to serve the device."),
        state: oneOf(mapperStates),
        "reason?": text(),
        "failures?": whole(),
        "retryInMs?": whole(),
      }),
      twins: list(ref("Twin")),
    }),
  }),
  DeviceList: listOf("Device"),
  DeviceModel: resource("DeviceModel"),
  DeviceModelList: listOf("DeviceModel"),
  MapperList: object({
    kind: { const: "MapperList" },
    items: list(
      object({
        name: text(),
        "package?": text("As configured; missing for one that registered itself."),
        home: oneOf(mapperHomes, "In the agent, in a process of its own, or in one that registered itself."),
        state: oneOf(["starting", "serving", "away", "failed"]),
        "reason?": text("Why it does not serve."),
        serves: list(object({ protocol: text(), "model?": text("The only model it serves.") })),
        devices: whole("Devices that it serves, or would if it ran."),
        "pushes?": object({
          taken: whole("Values that its devices pushed."),
          skipped: whole("Not passed on because newer ones came too soon."),
        }),
        "process?": object({
          "pid?": whole(),
          "restarts?": whole("Times the agent started it again."),
          "rssBytes?": whole(),
          "cpuSeconds?": { type: "number" },
          "memoryBytes?": whole("What it may take."),
        }),
        "link?": object({
          address: text("Its socket."),
          version: text(),
          speaks: oneOf(["edgetwin", "v1beta1", "v1alpha1"]),
          calls: whole(),
          failedCalls: whole(),
          reports: whole("Reports by a mapper of KubeEdge that were taken."),
          refusedReports: whole("Reports that were refused because there were too many."),
        }),
      }),
    ),
  }),
  ApplyResults: object({
    items: list(
      object({
        kind: oneOf(kinds),
        id: text("namespace/name"),
        result: oneOf(["created", "configured", "unchanged"]),
        warnings: list(text()),
      }),
    ),
  }),
  Causes: object({
    device: text("namespace/name"),
    propertyName: text(),
    items: list(
      object({
        seq: whole("Position in the log of the property."),
        at: time,
        by: ref("Origin"),
        what: oneOf(causes),
        "version?": whole(),
        "value?": ref("Value"),
        "reason?": text(),
      }),
    ),
  }),
  Session: object({ mayRead: { type: "boolean" }, mayWrite: { type: "boolean" } }),
  LogIn: object({ token: text("What stands in `api.tokenFile`.") }),
  System: object({
    node: text(),
    version: text(),
    nodejs: text(),
    board: text(),
    startedAt: time,
    memory: object({ residentBytes: whole() }),
    cpuSeconds: { type: "number" },
    store: object({
      condition: free,
      bytesWritten: free,
      databaseBytes: whole(),
      walBytes: whole(),
      "osBytesWritten?": whole(),
    }),
    "history?": object({ fileBytes: whole() }),
    lines: list(object({ name: text(), "pin?": whole(), labels: list(text()), "holder?": text() })),
    buses: list(
      object({
        bus: text(),
        queueLength: whole("Requests that wait or run."),
        requests: whole(),
        failed: whole(),
        missedPolls: whole(),
        refused: whole(),
      }),
    ),
  }),
  History: object({
    device: text("namespace/name"),
    propertyName: text(),
    "unit?": text(),
    from: time,
    to: time,
    kind: oneOf(["number", "state"]),
    items: list(
      object({
        at: time,
        "min?": { type: ["number", "null"] },
        "max?": { type: ["number", "null"] },
        "mean?": { type: ["number", "null"] },
        "value?": { type: ["string", "null"] },
      }),
    ),
  }),
  OfferList: object({
    items: list(object({ protocol: text(), description: text(), "options?": list(ref("Field")) })),
  }),
  Field: object({
    name: text(),
    expected: text('Completes the sentence "expected …".'),
    optional: { type: "boolean" },
    "default?": {},
  }),
  DiscoverRequest: object({
    protocol: text("One of those listed."),
    "options?": free,
    "for?": text("Longest duration; default 10s, at most 10min."),
    "namespace?": text("Namespace of what is proposed; default `default`."),
  }),
  FoundEvent: object({
    name: text(),
    description: text(),
    confidence: { type: "number", minimum: 0 },
    "facts?": free,
    "device?": text("Name of the device that it is or would become."),
    "known?": text("namespace/name of the device that it already is."),
    "manifests?": list(free),
  }),
  DiscoverEndEvent: object({
    reason: oneOf(["complete", "time", "limit", "failed"]),
    found: whole(),
    "code?": oneOf(Object.keys(agentErrors)),
    "detail?": text(),
  }),
  MethodList: object({
    device: text("namespace/name"),
    items: list(
      object({
        kind: oneOf(["mapper", "properties"], "Code of the mapper, or a change of these properties (spec.methods)."),
        name: text(),
        "description?": text(),
        "input?": list(ref("Field")),
        "properties?": list(text()),
      }),
    ),
  }),
  MethodCall: object({
    "input?": { description: "By name: values of properties, or what the method takes. Text is read as set is." },
  }),
  MethodAnswer: object({
    device: text("namespace/name"),
    method: text(),
    "output?": { description: "What the method answered." },
    "properties?": { type: "object", additionalProperties: ref("Twin") },
  }),
  Calls: object({
    device: text("namespace/name"),
    method: text(),
    items: list(
      object({
        seq: whole("Position in the log of the method."),
        at: time,
        by: ref("Origin"),
        what: oneOf(["called", "call-failed"]),
        "reason?": text("What it was called with, and what came of it."),
      }),
    ),
  }),
  Cloud: object({
    state: oneOf(["none", "connecting", "online", "waiting", "stopped"]),
    "reason?": text("Why it is not online."),
    "retryInMs?": whole("From its last failure."),
    "node?": text("Name of this node in the cloud."),
    "server?": text("Host and port."),
    "peer?": text("Who answers: CloudCore or Edgetwin bridge."),
    since: text("RFC 3339; of the last change of state."),
    "certificateExpiresAt?": text("RFC 3339."),
    connects: whole("Connections opened since the agent started."),
    reportsConfirmed: whole("Reports that the cloud confirmed since then."),
    devicesWaiting: whole("Devices with values that the cloud has not confirmed."),
    refusedObjects: whole("Objects of the cloud that do not fit as they are."),
  }),
  SinkList: object({
    items: list(
      object({
        sink: text("Name as manifests write it."),
        address: text("Where it sends; without secrets."),
        state: oneOf(["idle", "sending", "waiting", "refused"]),
        "reason?": text("Why it waits or is refused."),
        "retryInMs?": whole("From its last failure."),
        devices: list(text("namespace/name")),
        queued: whole("Values that wait."),
        "oldestAgeMs?": whole("Age of the oldest of them."),
        sent: whole("Values delivered since the agent started."),
        dropped: whole("Values lost to a full queue since then."),
        refusedValues: whole("Values that the far end will never take."),
        failures: whole("Tries that failed."),
        "lastSentAt?": time,
      }),
    ),
  }),
  Agent: object({ node: text(), version: text(), ready: { type: "boolean" } }),
  Health: object({ alive: { const: true } }),
  Readiness: object({
    ready: { type: "boolean" },
    checks: list(object({ check: text(), ok: { type: "boolean" }, message: text() })),
  }),
  Problem: object(
    {
      type: text(),
      title: text(),
      status: whole(),
      code: oneOf(Object.keys(agentErrors)),
      detail: text("What went wrong here, and what to do."),
      instance: text("Path of the request."),
      "details?": list({}),
    },
    "RFC 9457.",
  ),
  ResyncEvent: object({ reason: oneOf(["start", "reconnect", "slow"]), resources: whole() }),
  SyncedEvent: object({ resources: whole() }),
  DeletedEvent: object({ kind: oneOf(kinds), namespace: text(), name: text() }),
  TwinEvent: object({
    device: text("namespace/name"),
    at: time,
    "by?": ref("Origin"),
    properties: list(ref("Twin")),
    "withdrawn?": list(text()),
  }),
  HealthEvent: object({ device: text("namespace/name"), at: time, state: oneOf(healthStates), "reason?": text() }),
};
