import type { KubernetesObject } from "@edgetwin/cloud-protocol";

/** An object that is reviewed, or that a review looks at; in any version of its API. */
export type ReviewedObject = KubernetesObject;

/** What reviews look at besides the object itself. Every answer is of now: a model that was just made is there. */
export interface ClusterView {
  model(namespace: string, name: string): ReviewedObject | undefined;
  modelNames(namespace: string): readonly string[];
  devicesOfModel(namespace: string, name: string): readonly ReviewedObject[];
  devicesOnNode(node: string): readonly ReviewedObject[];
  node(name: string): ReviewedObject | undefined;
  nodeNames(): readonly string[];
  endpoint(namespace: string, name: string): ReviewedObject | undefined;
  endpointNames(namespace: string): readonly string[];
  rulesOf(namespace: string): readonly ReviewedObject[];
}

/** A change that somebody asks for. */
export interface Change {
  readonly operation: "CREATE" | "UPDATE" | "DELETE";
  /** Missing when it is deleted. */
  readonly object?: ReviewedObject;
  /** What was there; missing when it is created. */
  readonly before?: ReviewedObject;
}
