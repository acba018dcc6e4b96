import { createHash } from "node:crypto";
import type { Fields } from "../api-object.ts";
import type { Registry } from "../resources/registry.ts";
import { compareVersions } from "../resources/registry.ts";
import { apiVersionOf, type ServedResource } from "../resources/served-resource.ts";

/** Reviews: created, answered, never stored. */
export const reviews = [
  { group: "authentication.k8s.io", plural: "selfsubjectreviews", kind: "SelfSubjectReview" },
  { group: "authorization.k8s.io", plural: "selfsubjectaccessreviews", kind: "SelfSubjectAccessReview" },
  { group: "authorization.k8s.io", plural: "selfsubjectrulesreviews", kind: "SelfSubjectRulesReview" },
] as const;

interface Discovered {
  readonly name: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources: readonly string[];
}

const discovered = ({
  plural,
  singular,
  namespaced,
  kind,
  verbs,
  shortNames,
  categories,
  hasStatus,
}: ServedResource): Discovered => ({
  name: plural,
  singularName: singular,
  namespaced,
  kind,
  verbs,
  ...(shortNames.length > 0 && { shortNames }),
  ...(categories.length > 0 && { categories }),
  subresources: [...(hasStatus ? ["status"] : []), ...(plural === "namespaces" ? ["finalize"] : [])],
});

/** What a group version has. */
function discoveredIn(registry: Registry, group: string, version: string): Discovered[] {
  const own = registry.in(group, version).map(discovered);
  const asked = reviews
    .filter((review) => review.group === group && version === "v1")
    .map(({ plural, kind }) => ({
      name: plural,
      singularName: kind.toLowerCase(),
      namespaced: false,
      kind,
      verbs: ["create"],
      subresources: [],
    }));
  return [...own, ...asked];
}

const verbsOf = (subresource: string) => (subresource === "finalize" ? ["update"] : ["get", "patch", "update"]);

/** `APIResourceList` of a group version; undefined when there is nothing in it. */
export function resourceList(registry: Registry, group: string, version: string): Fields | undefined {
  const found = discoveredIn(registry, group, version);
  if (found.length === 0) return undefined;
  const resources = found.flatMap(({ subresources, ...resource }) => [
    { ...resource, storageVersionHash: hashOf(`${group}/${resource.kind}`) },
    ...subresources.map((subresource) => ({
      name: `${resource.name}/${subresource}`,
      singularName: "",
      namespaced: resource.namespaced,
      kind: resource.kind,
      verbs: verbsOf(subresource),
    })),
  ]);
  return {
    kind: "APIResourceList",
    ...(group !== "" && { apiVersion: "v1" }),
    groupVersion: apiVersionOf({ group, version }),
    resources,
  };
}

const hashOf = (text: string) => createHash("sha256").update(text).digest().subarray(0, 8).toString("base64");

function groupOf({ name, versions }: { readonly name: string; readonly versions: readonly string[] }): Fields {
  const all = [...versions].sort(compareVersions).map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: all, preferredVersion: all[0] };
}

/** `APIGroupList` for `/apis`. */
export const groupList = ({ groups }: Registry): Fields => ({
  kind: "APIGroupList",
  apiVersion: "v1",
  groups: groups.map(groupOf),
});

/** `APIGroup` for `/apis/{group}`; undefined when there is none. */
export function group(registry: Registry, name: string): Fields | undefined {
  const found = registry.groups.find((candidate) => candidate.name === name);
  return found && { kind: "APIGroup", apiVersion: "v1", ...groupOf(found) };
}

/** `APIVersions` for `/api`. */
export const coreVersions = (address: string): Fields => ({
  kind: "APIVersions",
  versions: ["v1"],
  serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: address }],
});

/** `APIGroupDiscoveryList`: everything below `/api` (core) or `/apis` in one answer. */
export function aggregated(
  registry: Registry,
  { core, version }: { readonly core: boolean; readonly version: string },
): Fields {
  const groups = core ? [{ name: "", versions: ["v1"] }] : registry.groups;
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: { ...(name !== "" && { name }), creationTimestamp: null },
      versions: [...versions].sort(compareVersions).map((of) => ({
        version: of,
        resources: discoveredIn(registry, name, of).map((resource) => aggregatedResource(resource, name, of)),
        freshness: "Current",
      })),
    })),
  };
}

function aggregatedResource(
  { name, singularName, namespaced, kind, subresources, ...rest }: Discovered,
  ofGroup: string,
  version: string,
): Fields {
  const responseKind = { group: ofGroup, version, kind };
  return {
    resource: name,
    responseKind,
    scope: namespaced ? "Namespaced" : "Cluster",
    singularResource: singularName,
    ...rest,
    ...(subresources.length > 0 && {
      subresources: subresources.map((subresource) => ({ subresource, responseKind, verbs: verbsOf(subresource) })),
    }),
  };
}
