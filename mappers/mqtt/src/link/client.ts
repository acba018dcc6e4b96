import type { Duplex } from "node:stream";
import type { Clock } from "@edgetwin/mapper-sdk";
import type { IClientOptions, IPublishPacket, MqttClient } from "mqtt";
import { until } from "./until.ts";

/** A message on its way. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array | string;
  readonly qos?: 0 | 1 | 2;
  readonly retain?: boolean;
}

/** A message as it arrives; `retain`: the broker had kept it. */
export interface Received {
  readonly topic: string;
  readonly payload: Buffer;
  readonly retain: boolean;
}

/** How a connection is made. */
export interface ClientOptions {
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  /** Milliseconds without traffic after which the two ends ask each other whether they are there. */
  readonly keepAliveMs: number;
  readonly clock: Clock;
  readonly onMessage: (message: Received) => void;
}

/** How long a broker that does not take the farewell keeps a close waiting. */
const patienceMs = 500;

let library: Promise<typeof import("mqtt")> | undefined;

/** The library, which nobody has to pay for before the first connection. */
export const loadLibrary = (): Promise<typeof import("mqtt")> => {
  library ??= import("mqtt");
  return library;
};

/**
 * One MQTT 3.1.1 connection over one stream. It is never connected again: nothing of a former connection, such as messages
 * that were not acknowledged, can come along, and the library has no occasion to queue anything.
 */
export class Client implements AsyncDisposable {
  readonly #client: MqttClient;
  readonly #stream: Duplex;
  readonly #clock: Clock;
  readonly #gone = new AbortController();
  /** Requests that the broker has not answered, whether somebody still waits for that or not. */
  #unanswered = 0;

  private constructor(client: MqttClient, stream: Duplex, clock: Clock) {
    this.#client = client;
    this.#stream = stream;
    this.#clock = clock;
    let failure: Error | undefined;
    client.on("error", (error) => {
      failure ??= error;
    });
    client.once("close", () => this.#gone.abort(failure ?? new Error("the broker closed the connection")));
  }

  /** Rejects with what the broker says when it does not let us in. */
  static async connect(stream: Duplex, options: ClientOptions, signal: AbortSignal): Promise<Client> {
    const { MqttClient } = await loadLibrary();
    const { clientId, username, password, keepAliveMs, onMessage } = options;
    const settings: IClientOptions = {
      clientId,
      protocolVersion: 4,
      clean: true,
      keepalive: Math.ceil(keepAliveMs / 1000),
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      connectTimeout: 0x7fffffff, // ours counts
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
    };
    const made = new MqttClient(() => stream, settings);
    made.handleMessage = (packet: IPublishPacket, next) => {
      const payload = typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
      onMessage({ topic: packet.topic, payload: payload as Buffer, retain: packet.retain });
      next();
    };
    const client = new Client(made, stream, options.clock);
    try {
      await until<void>([client.lost, signal], (done) => made.once("connect", () => done()));
      return client;
    } catch (error) {
      await client.#abandon();
      throw error;
    }
  }

  /** Aborts when the connection is gone, with why. */
  get lost(): AbortSignal {
    return this.#gone.signal;
  }

  /** Resolves when the broker has it; of QoS 0, when it is handed to the stream. */
  publish({ topic, payload, qos = 0, retain = false }: Message, signal: AbortSignal): Promise<void> {
    return until<void>([this.lost, signal], (done, failed) => {
      this.#unanswered++;
      this.#client.publish(topic, payload as string | Buffer, { qos, retain }, (error) => {
        this.#unanswered--;
        if (error) failed(error);
        else done();
      });
    });
  }

  /** Resolves when the broker has taken every filter. Rejects naming those that it refuses. */
  subscribe(filters: readonly string[], signal: AbortSignal): Promise<void> {
    if (filters.length === 0) return Promise.resolve();
    return until<void>([this.lost, signal], (done, failed) => {
      this.#unanswered++;
      this.#client.subscribe([...filters], { qos: 1 }, (error, granted, packet) => {
        this.#unanswered--;
        const codes = (packet?.granted ?? granted?.map(({ qos }) => qos) ?? []) as readonly number[];
        const refused = filters.filter((_, index) => (codes[index] ?? 0) > 2);
        if (refused.length > 0) failed(new Error(`the broker does not let us read ${refused.join(", ")}`));
        else if (error) failed(error);
        else done();
      });
    });
  }

  unsubscribe(filter: string): void {
    if (!this.lost.aborted) this.#client.unsubscribe(filter);
  }

  /** Says goodbye; to a broker that owes us answers there is nothing to say. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.lost.aborted || this.#unanswered > 0) return await this.#abandon();
    await new Promise<void>((resolve) => {
      const force = this.#clock.after(patienceMs, () => void this.#abandon().then(resolve));
      this.#client.end(false, {}, () => {
        force[Symbol.dispose]();
        this.#stream.destroy();
        resolve();
      });
    });
  }

  async #abandon(): Promise<void> {
    this.#stream.destroy();
    this.#client.end(true);
  }
}
