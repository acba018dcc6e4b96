import {
  type AnswerResult,
  formatObjectPath,
  type KubernetesObject,
  type ObjectPath,
  type ObjectRequest,
  type ServiceReply,
  type StateReport,
  type TopicMessage,
  type TwinReport,
  type UrlCall,
} from "@edgetwin/cloud-protocol";
import type { NodeContent, NodeEvents, WantedObject } from "../node-port.ts";

const none: ReadonlyMap<string, WantedObject> = new Map();

/** What nodes should hold, as a test says. */
export class MemoryContent implements NodeContent {
  readonly #nodes = new Map<string, Map<string, WantedObject>>();
  readonly #listeners = new Set<(node: string, key: string) => void>();
  #versions = 0;

  objectsOf(node: string): ReadonlyMap<string, WantedObject> {
    return this.#nodes.get(node) ?? none;
  }

  /** Names of the nodes that were ever given something. */
  nodes(): readonly string[] {
    return [...this.#nodes.keys()];
  }

  subscribe(listener: (node: string, key: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Gives a node an object, in a new version unless the object names one; returns its key. */
  put(node: string, path: ObjectPath, object: Readonly<Record<string, unknown>> = {}): string {
    const objects = this.#nodes.get(node) ?? new Map<string, WantedObject>();
    this.#nodes.set(node, objects);
    const key = formatObjectPath(path);
    this.#versions += 1;
    const { namespace, name } = path;
    const given = object.metadata as KubernetesObject["metadata"] & { readonly resourceVersion?: string };
    const resourceVersion = given?.resourceVersion ?? String(this.#versions);
    const uid = given?.uid ?? `uid of ${key}`;
    const metadata = { ...given, name, ...(namespace !== undefined && { namespace }), uid, resourceVersion };
    objects.set(key, { path, resourceVersion, object: { ...object, metadata } });
    this.#tell(node, key);
    return key;
  }

  /** A device of the namespace `default` that uses the model `m`, or the one given. */
  device(node: string, name: string, model = "m"): string {
    const path = { namespace: "default", type: "device", name };
    return this.put(node, path, { spec: { nodeName: node, deviceModelRef: { name: model } } });
  }

  model(node: string, name = "m"): string {
    return this.put(node, { namespace: "default", type: "devicemodel", name });
  }

  remove(node: string, key: string): void {
    this.#nodes.get(node)?.delete(key);
    this.#tell(node, key);
  }

  #tell(node: string, key: string): void {
    for (const listener of this.#listeners) listener(node, key);
  }
}

/** Controllers that remember what they were told; a test decides how storing goes. */
export class MemoryEvents implements NodeEvents {
  readonly said: string[] = [];
  readonly reports: TwinReport[] = [];
  readonly states: StateReport[] = [];
  /** Called before a report counts as stored. */
  store: () => Promise<void> = async () => {};
  answer: (request: ObjectRequest) => AnswerResult = ({ path }) => ({
    ok: false,
    reason: "NotFound",
    code: 404,
    message: `${path.type} "${path.name}" not found`,
  });

  connected(node: string): void {
    this.said.push(`connected ${node}`);
  }

  disconnected(node: string, reason: string): void {
    this.said.push(`disconnected ${node}: ${reason}`);
  }

  acknowledged(node: string, key: string, resourceVersion: string): void {
    this.said.push(`acknowledged ${node} ${key} ${resourceVersion}`);
  }

  async report(_: string, report: TwinReport): Promise<void> {
    await this.store();
    this.reports.push(report);
  }

  async state(_: string, report: StateReport): Promise<void> {
    await this.store();
    this.states.push(report);
  }

  async request(_: string, request: ObjectRequest): Promise<AnswerResult> {
    return this.answer(request);
  }

  upload(node: string, { topic }: TopicMessage): void {
    this.said.push(`upload ${node} ${topic}`);
  }

  reply(node: string, { parentId, status }: ServiceReply): void {
    this.said.push(`reply ${node} ${parentId} ${status}`);
  }

  async call(_: string, { url }: UrlCall): Promise<string> {
    return `called ${url}`;
  }
}
