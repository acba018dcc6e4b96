import type { AgentErrorCode } from "../../errors.ts";
import type { Method } from "../route.ts";

/** What a reader has to know about one route besides its parameters. */
export interface Operation {
  readonly method: Method;
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  /** Name of the schema of the body it reads; `manifest` for YAML or JSON manifests. */
  readonly request?: string;
  /** Name of the schema of the body it answers with; a content type for anything but JSON; undefined for 204. */
  readonly answer?: string;
  /** Other good statuses. */
  readonly also?: readonly number[];
  /** Errors of its own; every route may also answer those for tokens, hosts and bodies. */
  readonly errors?: readonly AgentErrorCode[];
  /** Request headers it reads. */
  readonly headers?: readonly ("If-Match" | "Prefer" | "Last-Event-ID")[];
}

const device = "/api/v1/devices/{namespace}/{name}";
const model = "/api/v1/models/{namespace}/{name}";
const waitErrors = [
  "VALUE_INVALID",
  "INTERLOCK",
  "VERSION_CONFLICT",
  "LIMIT",
  "STORE_UNAVAILABLE",
  "WAIT_TIMEOUT",
] as const;

const waiting =
  "The change is on disk when the answer comes. With wait=verified (or applied) and timeout, or with Prefer: wait=10, the answer comes when the device has it: 504 with phase and reason when that takes too long (the agent goes on trying), 422 when the device rejected it, 412 when somebody changed it meanwhile.";

const stream =
  "Server-sent events. First resync, one device (or model) event for every resource, then synced; from then on every change: twin, health, device, model, deleted. A client that reads too slowly or sends Last-Event-ID gets resync and a fresh snapshot.";

const calling =
  "A method of the device's mapper runs when its bus is free and the device is open. A method of the manifest (spec.methods) desires its properties' values, and answers when they are verified or failed once.";

const looking =
  "Server-sent events: found for each finding, with the manifests that make it a device; at last done, with the reason complete, time, limit or failed. Closing the connection ends the look. Devices that are open go on: probes take turns with them on their bus.";

/** Every operation, in the order in which the reference shows them. */
export const operations: readonly Operation[] = [
  {
    method: "GET",
    path: "/api/v1",
    id: "getAgent",
    summary: "Name, version and readiness of the agent",
    answer: "Agent",
  },
  {
    method: "GET",
    path: "/api/v1/system",
    id: "getSystem",
    summary: "What the agent runs on and takes: memory, card, lines of the board, buses",
    answer: "System",
  },
  {
    method: "GET",
    path: "/api/v1/session",
    id: "getSession",
    summary: "What this client may do as it is",
    answer: "Session",
  },
  {
    method: "POST",
    path: "/api/v1/session",
    id: "logIn",
    summary: "Log a browser in with the token; the answer has a cookie",
    request: "LogIn",
    errors: ["UNAUTHORIZED", "LIMIT"],
  },
  { method: "DELETE", path: "/api/v1/session", id: "logOut", summary: "End the session of a browser" },
  { method: "GET", path: "/", id: "getRoot", summary: "Leads to the web console", answer: "text/html", also: [307] },
  {
    method: "GET",
    path: "/console",
    id: "getConsoleRoot",
    summary: "Leads to the web console",
    answer: "text/html",
    also: [307],
  },
  { method: "GET", path: "/console/", id: "getConsole", summary: "The web console", answer: "text/html", also: [304] },
  {
    method: "GET",
    path: "/console/{file}",
    id: "getConsoleFile",
    summary: "A file of the web console",
    answer: "text/html",
    also: [304],
    errors: ["NOT_FOUND"],
  },
  { method: "GET", path: "/healthz", id: "getHealth", summary: "Whether the agent is alive", answer: "Health" },
  {
    method: "GET",
    path: "/readyz",
    id: "getReadiness",
    summary: "Whether the store takes writes and every device had its turn; 503 while not",
    answer: "Readiness",
    also: [503],
  },
  {
    method: "GET",
    path: "/metrics",
    id: "getMetrics",
    summary: "Figures in the Prometheus format",
    answer: "text/plain",
  },
  { method: "GET", path: "/openapi.json", id: "getDocument", summary: "This document", answer: "application/json" },
  {
    method: "GET",
    path: "/api/v1/devices",
    id: "listDevices",
    summary: "Every device with its twins",
    answer: "DeviceList",
  },
  {
    method: "GET",
    path: device,
    id: "getDevice",
    summary: "One device with its twins",
    answer: "Device",
    errors: ["NOT_FOUND"],
  },
  {
    method: "PUT",
    path: device,
    id: "putDevice",
    summary: "Apply one Device manifest; 201 when it is new",
    request: "manifest",
    answer: "Device",
    also: [201],
    errors: ["MANIFEST_INVALID", "STORE_UNAVAILABLE"],
  },
  {
    method: "DELETE",
    path: device,
    id: "deleteDevice",
    summary: "Close a device, drive its fail-safe values, forget its twins",
    errors: ["NOT_FOUND", "STORE_UNAVAILABLE"],
  },
  { method: "GET", path: "/api/v1/models", id: "listModels", summary: "Every device model", answer: "DeviceModelList" },
  {
    method: "GET",
    path: model,
    id: "getModel",
    summary: "One device model",
    answer: "DeviceModel",
    errors: ["NOT_FOUND"],
  },
  {
    method: "PUT",
    path: model,
    id: "putModel",
    summary: "Apply one DeviceModel manifest; 201 when it is new",
    request: "manifest",
    answer: "DeviceModel",
    also: [201],
    errors: ["MANIFEST_INVALID", "STORE_UNAVAILABLE"],
  },
  {
    method: "DELETE",
    path: model,
    id: "deleteModel",
    summary: "Delete a model that no device refers to",
    errors: ["NOT_FOUND", "MANIFEST_INVALID", "STORE_UNAVAILABLE"],
  },
  {
    method: "POST",
    path: "/api/v1/manifests",
    id: "applyManifests",
    summary: "Apply any number of manifests, models before devices; all are checked before the first is stored",
    request: "manifest",
    answer: "ApplyResults",
    errors: ["MANIFEST_INVALID", "STORE_UNAVAILABLE"],
  },
  {
    method: "GET",
    path: "/api/v1/mappers",
    id: "listMappers",
    summary: "Who drives devices: where each mapper runs, how it is, what it takes",
    answer: "MapperList",
  },
  {
    method: "GET",
    path: `${device}/twin`,
    id: "getTwins",
    summary: "All twins of a device",
    answer: "DeviceTwin",
    errors: ["NOT_FOUND"],
  },
  {
    method: "PATCH",
    path: `${device}/twin`,
    id: "patchTwins",
    summary: "Change several desired values at once, all or none",
    description: waiting,
    request: "TwinPatch",
    answer: "DeviceTwin",
    errors: ["NOT_FOUND", ...waitErrors],
    headers: ["If-Match", "Prefer"],
  },
  {
    method: "GET",
    path: `${device}/twin/{property}`,
    id: "getTwin",
    summary: "One twin of a device",
    answer: "Twin",
    errors: ["NOT_FOUND"],
  },
  {
    method: "PATCH",
    path: `${device}/twin/{property}`,
    id: "patchTwin",
    summary: "Change one desired value",
    description: waiting,
    request: "PropertyPatch",
    answer: "Twin",
    errors: ["NOT_FOUND", ...waitErrors],
    headers: ["If-Match", "Prefer"],
  },
  {
    method: "GET",
    path: `${device}/twin/{property}/causes`,
    id: "getCauses",
    summary: "Who changed the property, when, through which door, with which result; newest last",
    answer: "Causes",
    errors: ["NOT_FOUND"],
  },
  {
    method: "GET",
    path: `${device}/twin/{property}/history`,
    id: "getHistory",
    summary: "What the property was: spans of a number, states of a text or a switch",
    description:
      "from and to are times or how long ago (24h). The mean is weighted by time, nulls stand where no good value is known. With format=csv the answer is text/csv.",
    answer: "History",
    errors: ["NOT_FOUND"],
  },
  {
    method: "GET",
    path: `${device}/methods`,
    id: "listMethods",
    summary: "What the device does on demand",
    answer: "MethodList",
    errors: ["NOT_FOUND"],
  },
  {
    method: "POST",
    path: `${device}/methods/{method}`,
    id: "callMethod",
    summary: "Call a method; answers when it is done",
    description: calling,
    request: "MethodCall",
    answer: "MethodAnswer",
    errors: ["NOT_FOUND", ...waitErrors, "DEVICE_UNAVAILABLE", "DEVICE_FAILED"],
  },
  {
    method: "GET",
    path: `${device}/methods/{method}/causes`,
    id: "getCalls",
    summary: "Who called the method, when, through which door, with which result; newest last",
    answer: "Calls",
    errors: ["NOT_FOUND"],
  },
  {
    method: "GET",
    path: "/api/v1/sinks",
    id: "listSinks",
    summary: "Where reported values go, and what waits there",
    answer: "SinkList",
  },
  {
    method: "GET",
    path: "/api/v1/cloud",
    id: "showCloud",
    summary: "The connection to the cloud that this node joined",
    answer: "Cloud",
  },
  {
    method: "GET",
    path: "/api/v1/discover",
    id: "listDiscoverers",
    summary: "What can be looked for, and with which options",
    answer: "OfferList",
  },
  {
    method: "POST",
    path: "/api/v1/discover",
    id: "discover",
    summary: "Look for devices; what is found comes as it is found",
    description: looking,
    request: "DiscoverRequest",
    answer: "text/event-stream",
    errors: ["NOT_FOUND", "VALUE_INVALID", "DEVICE_FAILED", "LIMIT"],
  },
  {
    method: "GET",
    path: "/api/v1/watch",
    id: "watch",
    summary: "Every change as it happens",
    description: stream,
    answer: "text/event-stream",
    errors: ["LIMIT"],
    headers: ["Last-Event-ID"],
  },
  {
    method: "GET",
    path: `${device}/watch`,
    id: "watchDevice",
    summary: "Every change of one device as it happens",
    description: stream,
    answer: "text/event-stream",
    errors: ["NOT_FOUND", "LIMIT"],
    headers: ["Last-Event-ID"],
  },
];
