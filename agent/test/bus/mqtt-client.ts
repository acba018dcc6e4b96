import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";

/** One message as a client got it. */
export interface Received {
  readonly topic: string;
  readonly text: string;
  readonly qos: number;
  readonly retain: boolean;
}

/** A plain MQTT client that keeps what it receives, and lets tests wait for it. */
export class TestClient implements AsyncDisposable {
  readonly mqtt: MqttClient;
  readonly received: Received[] = [];
  /** Settles when the connection is gone. */
  readonly closed: Promise<void>;
  #read = 0;
  #wake: (() => void) | undefined;

  private constructor(mqtt: MqttClient) {
    this.mqtt = mqtt;
    this.closed = new Promise((resolve) => mqtt.once("close", () => resolve()));
    // A reset connection is an error and a close; tests wait for the latter.
    mqtt.on("error", () => undefined);
    mqtt.on("message", (topic, payload, { qos, retain }) => {
      this.received.push({ topic, text: payload.toString(), qos, retain });
      this.#wake?.();
    });
  }

  static async open(port: number, options: IClientOptions = {}): Promise<TestClient> {
    const mqtt = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, ...options });
    return new TestClient(mqtt);
  }

  async subscribe(...filters: string[]): Promise<this> {
    await this.mqtt.subscribeAsync(filters, { qos: 0 });
    return this;
  }

  /** Publishes with QoS 1; resolves with the acknowledgement. */
  async publish(topic: string, payload: unknown): Promise<void> {
    await this.mqtt.publishAsync(topic, typeof payload === "string" ? payload : JSON.stringify(payload), { qos: 1 });
  }

  /** The next message that was not read yet. */
  async next(): Promise<Received> {
    while (this.#read >= this.received.length) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.received[this.#read++] as Received;
  }

  /** The next `count` messages as topic endings and parsed payloads. */
  async take(count: number): Promise<[topic: string, payload: Record<string, unknown>][]> {
    const messages: [string, Record<string, unknown>][] = [];
    for (let index = 0; index < count; index++) {
      const { topic, text } = await this.next();
      messages.push([topic, JSON.parse(text) as Record<string, unknown>]);
    }
    return messages;
  }

  /** Messages that nobody read; complete after the broker answered a ping in both directions. */
  async rest(): Promise<Received[]> {
    // The broker delivers in order: what it sent before this round trip has arrived afterwards.
    const mark = `test/mark/${Math.random()}`;
    await this.mqtt.subscribeAsync(mark);
    await this.mqtt.publishAsync(mark, "", { qos: 1 });
    const rest: Received[] = [];
    for (let message = await this.next(); message.topic !== mark; message = await this.next()) rest.push(message);
    return rest;
  }

  /** Cuts the connection without DISCONNECT. */
  async vanish(): Promise<void> {
    this.mqtt.stream.destroy();
    await this.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.mqtt.endAsync(true);
  }
}
