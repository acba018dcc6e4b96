import { badRequest, methodNotAllowed, noSuchPath, notFound } from "../failures.ts";
import type { Core, Target } from "../write/core.ts";
import { subjectOf } from "../write/core.ts";
import type { Exchange } from "./exchange.ts";
import { handleGet, handleList, handleWatch } from "./read-handler.ts";
import type { Route } from "./route.ts";
import { handleCreate, handleDelete, handleDeleteCollection, handlePatch, handleReplace } from "./write-handler.ts";

type ResourceRoute = Extract<Route, { kind: "resource" }>;

const isSet = (query: URLSearchParams, name: string) => ["1", "true"].includes(query.get(name) ?? "");

/** The verb of a request, as rights name it. A single name is read, however a watch of it was asked for. */
export function verbOf(method: string, { name, watch }: ResourceRoute, query: URLSearchParams): string {
  if (method === "POST") return "create";
  if (method === "PUT") return "update";
  if (method === "PATCH") return "patch";
  if (method === "DELETE") return name === "" ? "deletecollection" : "delete";
  if (name !== "") return "get";
  return watch || isSet(query, "watch") ? "watch" : "list";
}

/** @throws BridgeError `KUBERNETES` whatever the verb does; 404 for what is not served. */
export async function handleResource(core: Core, exchange: Exchange, route: ResourceRoute): Promise<void> {
  const { method = "GET" } = exchange.request;
  const target = targetOf(core, route);
  const verb = verbOf(method, route, exchange.query);
  if (!["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].includes(method) || !target.resource.verbs.includes(verb)) {
    throw methodNotAllowed({ group: route.group, kind: route.plural });
  }
  const everywhere = target.resource.namespaced && target.namespace === "";
  // Objects are written one namespace at a time.
  if (everywhere && verb !== "list" && verb !== "watch") throw noSuchPath();
  if (verb === "list") return handleList(core, exchange, target);
  if (verb === "watch") return handleWatch(core, exchange, target);
  if (verb === "create") return handleCreate(core, exchange, target);
  if (verb === "deletecollection") return handleDeleteCollection(core, exchange, target);
  if (target.name === "") throw badRequest("name must be provided");
  if (verb === "get") return handleGet(core, exchange, target);
  if (verb === "update") return handleReplace(core, exchange, target);
  if (verb === "patch") return handlePatch(core, exchange, target);
  return handleDelete(core, exchange, target);
}

function targetOf({ registry }: Core, { group, version, plural, namespace, name, subresource }: ResourceRoute): Target {
  const resource = registry.find(group, version, plural);
  if (!resource || (namespace !== "" && !resource.namespaced)) throw noSuchPath();
  const target = { resource, namespace, name };
  if (subresource === undefined) return target;
  // `finalize` of a namespace writes its finalizers like any other field here.
  if (subresource === "finalize" && plural === "namespaces") return target;
  if (subresource !== "status" || !resource.hasStatus) throw notFound(subjectOf(target));
  return { ...target, subresource };
}
