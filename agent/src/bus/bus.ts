/** A message that somebody else published. */
export interface BusMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** MQTT client id of the sender; undefined on an external broker, which does not tell. */
  readonly client: string | undefined;
}

/** Handles a message. The sender's acknowledgement waits for what it returns; a rejection is logged. */
export type BusHandler = (message: BusMessage) => undefined | Promise<void>;

export interface PublishOptions {
  /** 0 unless said otherwise: what is level-triggered must not be queued for somebody who is away. */
  readonly qos?: 0 | 1;
  readonly retain?: boolean;
  /** Only to this client; an external broker cannot do that and tells all subscribers. */
  readonly to?: string;
}

/** Somebody who is connected. */
export interface Peer {
  readonly client: string;
  readonly address: string;
  readonly since: number;
  readonly subscriptions: readonly string[];
}

/** Whether messages go through. */
export type BusCondition =
  | { readonly state: "ok" }
  | { readonly state: "disconnected"; readonly reason: string; readonly retryInMs: number };

/** Figures for `/metrics`, counted since start. */
export interface BusFigures {
  readonly clients: number;
  readonly received: number;
  readonly published: number;
  /** Messages that a full queue or a lost connection cost, by cause. */
  readonly dropped: Readonly<Record<"slow client" | "offline session" | "disconnected", number>>;
}

/** The MQTT message bus, whoever runs the broker. Subscriptions survive reconnects. */
export interface Bus extends AsyncDisposable {
  /** Calls `handler` for messages that others publish under `filter`. Returns how to stop that. */
  subscribe(filter: string, handler: BusHandler): () => void;
  /** Hands a message to the broker. Never throws for a lost connection: see `figures().dropped`. */
  publish(topic: string, payload: string, options?: PublishOptions): void;
  /** Whether anybody may be listening. An external broker does not tell, so there it is always true. */
  hasSubscribers(topic: string): boolean;
  /** Called after a client subscribed to `filter`; never on an external broker. */
  onSubscribed(listener: (client: string, filter: string) => void): () => void;
  /** Called after the connection to an external broker came up, at first and again; never with our own broker. */
  onConnected(listener: () => void): () => void;
  /** Clients of our own broker; empty for an external one. */
  peers(): readonly Peer[];
  /** False where `onSubscribed` is never called, because the broker is somebody else's. */
  readonly seesSubscriptions: boolean;
  condition(): BusCondition;
  figures(): BusFigures;
}
