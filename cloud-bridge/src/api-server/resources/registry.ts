import { builtInResources } from "./built-in-resources.ts";
import { type Definition, readDefinitions, resourcesOf } from "./custom-resources.ts";
import type { ServedResource } from "./served-resource.ts";

/** A group and its versions, the preferred one first. */
export interface Group {
  readonly name: string;
  readonly versions: readonly string[];
}

/** Everything that is served. */
export interface Registry {
  readonly definitions: readonly Definition[];
  readonly resources: readonly ServedResource[];
  /** The core group is not among them. */
  readonly groups: readonly Group[];
  find(group: string, version: string, plural: string): ServedResource | undefined;
  /** All resources of a group version, by name. */
  in(group: string, version: string): ServedResource[];
  /** A kind in the version that is stored. */
  ofKind(group: string, kind: string): ServedResource | undefined;
  /** Those whose objects are stored as they are served, each set of objects once. */
  readonly stored: readonly ServedResource[];
}

/** Reviews are answered, not stored; their groups have no resources of their own here. */
const reviewGroups: readonly Group[] = [
  { name: "authentication.k8s.io", versions: ["v1"] },
  { name: "authorization.k8s.io", versions: ["v1"] },
];

/** `v1` before `v1beta1` before `v1alpha2`, as Kubernetes orders versions. */
export function compareVersions(a: string, b: string): number {
  const rank = (version: string) => {
    const [, major = "0", stage, minor = "0"] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
    return [stage === undefined ? 2 : stage === "beta" ? 1 : 0, Number(major), Number(minor)];
  };
  const [left, right] = [rank(a), rank(b)];
  const index = left.findIndex((part, at) => part !== right[at]);
  return index < 0 ? 0 : (right[index] as number) - (left[index] as number);
}

/** Builds the registry from the definitions, which are those of this release when missing, and what is built in. */
export function createRegistry(definitions: readonly Definition[] = readDefinitions()): Registry {
  const resources = [...builtInResources, ...definitions.flatMap(resourcesOf)];
  const stored = resources.filter(({ conversion }) => conversion === undefined);
  const names = new Set(resources.map(({ group }) => group).filter((group) => group !== ""));
  const own = [...names].map((name) => ({
    name,
    versions: [...new Set(resources.filter(({ group }) => group === name).map(({ version }) => version))].sort(
      compareVersions,
    ),
  }));
  return {
    definitions,
    resources,
    stored,
    groups: [...own, ...reviewGroups],
    find: (group, version, plural) =>
      resources.find((of) => of.group === group && of.version === version && of.plural === plural),
    in: (group, version) => resources.filter((of) => of.group === group && of.version === version),
    ofKind: (group, kind) => stored.find((of) => of.group === group && of.kind === kind),
  };
}
