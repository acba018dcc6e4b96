import { connectAsync, type MqttClient } from "mqtt";

/** Sends desired values over MQTT as KubeEdge's clients do and waits for their results. */
export class UpdateClient implements AsyncDisposable {
  readonly #client: MqttClient;
  readonly #waiting = new Map<string, () => void>();
  #sent = 0;

  constructor(client: MqttClient) {
    this.#client = client;
    client.on("message", (topic, payload) => {
      if (!topic.endsWith("/result")) return;
      const id = /"event_id":"([^"]*)"/.exec(payload.toString())?.[1] ?? "";
      const done = this.#waiting.get(id);
      this.#waiting.delete(id);
      done?.();
    });
  }

  /** Connects and subscribes to the two answers every update gets: result and document. */
  static async connect(port: number): Promise<UpdateClient> {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { clean: true });
    client.stream instanceof Object &&
      "setNoDelay" in client.stream &&
      (client.stream as { setNoDelay(on: boolean): void }).setNoDelay(true);
    await client.subscribeAsync([
      "$hw/events/device/+/+/twin/update/result",
      "$hw/events/device/+/+/twin/update/document",
    ]);
    return new UpdateClient(client);
  }

  /** Desires `value` for one property; resolves when the result says that it is stored. */
  update(device: string, property: string, value: string): Promise<void> {
    const id = `u${this.#sent++}`;
    const payload = `{"event_id":"${id}","timestamp":0,"twin":{"${property}":{"expected":{"value":"${value}"}}}}`;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, resolve);
      this.#client.publishAsync(`$hw/events/device/${device}/twin/update`, payload, { qos: 1 }).catch(reject);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.endAsync(true);
  }
}
