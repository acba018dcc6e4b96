import type {
  AnswerResult,
  KubernetesObject,
  ObjectPath,
  ObjectRequest,
  ServiceReply,
  StateReport,
  TopicMessage,
  TwinReport,
  UrlCall,
} from "@edgetwin/cloud-protocol";

/** An object that a node should hold. */
export interface WantedObject {
  readonly path: ObjectPath;
  readonly resourceVersion: string;
  /** In the form of the API version that edges speak: v1beta1. */
  readonly object: KubernetesObject;
}

/** What controllers give the hub: a level, not messages. The hub compares it with what each node acknowledged. */
export interface NodeContent {
  /** Everything that `node` should hold, by `{namespace}/{type}/{name}`, models before the devices that use them. */
  objectsOf(node: string): ReadonlyMap<string, WantedObject>;
  /** Tells that an object of a node changed, came or went; read it from `objectsOf`. Returns how to stop. */
  subscribe(listener: (node: string, key: string) => void): () => void;
}

/** What the hub tells controllers. Of one node, calls come in the order of its messages. */
export interface NodeEvents {
  connected(node: string): void;
  disconnected(node: string, reason: string): void;
  /** The node stored this version of an object. */
  acknowledged(node: string, key: string, resourceVersion: string): void;
  /**
   * Resolves when the report is stored, which the hub then confirms; rejects to have it sent again. The next one does not
   * wait for it: what is stored in the end must be the last that was told.
   */
  report(node: string, report: TwinReport): Promise<void>;
  state(node: string, report: StateReport): Promise<void>;
  /** A request about the node's own Node, Lease, or a ConfigMap or Secret that it may read. */
  request(node: string, request: ObjectRequest): Promise<AnswerResult>;
  /** A message of the edge's bus that a rule wants. */
  upload(node: string, message: TopicMessage): void;
  /** What a service of the edge answered to a call. */
  reply(node: string, reply: ServiceReply): void;
  /** A call from the edge to a URL of the cloud; resolves with the text of the answer. */
  call(node: string, call: UrlCall): Promise<string>;
}
