import { connect, type MqttClient } from "mqtt";
import { type StockMapperOptions, StockProcess } from "./stock-mapper.ts";
import { pinOf, readStockProfile, type StockProfile } from "./stock-profile.ts";

interface Side {
  readonly value: string;
}

interface GetResult {
  readonly twin: Readonly<Record<string, { readonly expected?: Side; readonly actual?: Side }>>;
}

export interface LedMapperOptions extends StockMapperOptions {
  /** Its subscription and its question race on one connection; this says which one wins. */
  readonly first: "subscription" | "question";
  /** The first question never reaches the broker. */
  readonly loseFirstQuestion?: boolean;
}

/**
 * KubeEdge's led-raspberrypi mapper as it behaves at the wire: the client id `eventbus`; one `twin/get`, then it waits without end
 * and without asking again, subscribing once more every second; afterwards a question every second. The body of its question
 * carries an "actual" that must not be taken for a report. What it reports is a copy of what was expected.
 */
export class LedRaspberryPiMapper extends StockProcess {
  #answered = false;
  #reported = 0;
  #answers = 0;
  #wake: (() => void)[] = [];

  static async start(options: LedMapperOptions): Promise<LedRaspberryPiMapper> {
    const mapper = new LedRaspberryPiMapper(options.clock);
    await mapper.#main(options);
    return mapper;
  }

  get answers(): number {
    return this.#answers;
  }

  /** Resolves once it had so many answers and acknowledged reports, or it died. */
  async until({ answers = 0, reports = 0 }): Promise<void> {
    while (!this.exit && (this.#answers < answers || this.#reported < reports)) {
      await Promise.race([new Promise<void>((resolve) => this.#wake.push(resolve)), this.exited]);
    }
  }

  async #main(options: LedMapperOptions): Promise<void> {
    let profile: StockProfile;
    let pin: number;
    try {
      profile = readStockProfile(options.profilePath);
      pin = pinOf(profile, "led-light", "gpio-pin-number") ?? 0;
      options.gpio.run("mode", String(pin), "output");
    } catch (error) {
      return this.die(1, error instanceof Error ? error.message : String(error));
    }
    const topics = topicsOf(idOf(profile, options.device));
    const mqtt = connect(options.url, { clientId: "eventbus", clean: true, protocolVersion: 4, reconnectPeriod: 0 });
    this.own(mqtt);
    mqtt.on("error", (error) => this.die(1, error.message));
    mqtt.on("message", (_topic, payload) => {
      this.run(() => this.#onAnswer({ mqtt, pin, topics, options }, JSON.parse(payload.toString()) as GetResult));
    });
    await new Promise<void>((resolve) => {
      mqtt.once("connect", () => resolve());
      void this.exited.then(() => resolve());
    });
    if (this.exit) return;
    mqtt.publish(topics.state, JSON.stringify({ event_id: "", timestamp: 0, state: "online" }), { qos: 0 });
    const ask = () => mqtt.publish(topics.get, question, { qos: 0 });
    if (options.first === "question" && !options.loseFirstQuestion) ask();
    await mqtt.subscribeAsync(topics.result, { qos: 0 });
    if (options.first === "subscription" && !options.loseFirstQuestion) ask();
    const everySecond = () => {
      if (this.#answered) ask();
      else mqtt.subscribe(topics.result, { qos: 0 });
      this.after(1000, everySecond);
    };
    this.after(1000, everySecond);
  }

  #onAnswer({ mqtt, pin, topics, options }: Life, { twin }: GetResult): void {
    this.#answered = true;
    const power = twin["power-status"];
    if (!power) throw new Error("nil pointer dereference: power-status");
    const { expected, actual } = power;
    if (expected && actual?.value !== expected.value) {
      const level = expected.value.toUpperCase();
      if (level !== "ON" && level !== "OFF") throw new Error(`unsupported value ${expected.value}`);
      options.gpio.run("write", String(pin), level === "ON" ? "1" : "0");
      const update = { "power-status": { actual: expected, metadata: { type: "Updated" } } };
      mqtt.publish(topics.update, JSON.stringify({ event_id: "", timestamp: 0, twin: update }), { qos: 1 }, () =>
        this.#advance(() => this.#reported++),
      );
    }
    this.#advance(() => this.#answers++);
  }

  #advance(step: () => void): void {
    step();
    for (const wake of this.#wake.splice(0)) wake();
  }
}

interface Life {
  readonly mqtt: MqttClient;
  readonly pin: number;
  readonly topics: ReturnType<typeof topicsOf>;
  readonly options: LedMapperOptions;
}

/** Only `event_id` of it may be read. */
const question = JSON.stringify({
  event_id: "",
  timestamp: 0,
  twin: { "power-status": { actual: { value: "unknown" }, metadata: { type: "Updated" } } },
});

/** Empty when the profile does not list the device: no error, but topics that nobody serves. */
function idOf({ deviceInstances }: StockProfile, device: string): string {
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  return deviceInstances.find(({ model, name }) => same(model, "led-light") && same(name, device))?.id ?? "";
}

const topicsOf = (id: string) => ({
  state: `$hw/events/device/${id}/state/update`,
  update: `$hw/events/device/${id}/twin/update`,
  get: `$hw/events/device/${id}/twin/get`,
  result: `$hw/events/device/${id}/twin/get/result`,
});
