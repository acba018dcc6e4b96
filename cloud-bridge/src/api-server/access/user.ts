/** Who sends a request. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

/** May do everything. */
export const adminGroup = "system:masters";
/** The group of edges; the name of one is `system:node:{node}`. */
export const nodeGroup = "system:nodes";

/** Somebody who showed nothing. */
export const anonymous: User = { name: "system:anonymous", groups: ["system:unauthenticated"] };

/** The identity of an edge. */
export const nodeUser = (node: string): User => ({
  name: `system:node:${node}`,
  groups: [nodeGroup, "system:authenticated"],
});

/** The node that a user is, if any. */
export const nodeOf = ({ name, groups }: User): string | undefined =>
  groups.includes(nodeGroup) && name.startsWith("system:node:") ? name.slice("system:node:".length) : undefined;
