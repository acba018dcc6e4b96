import { connect } from "mqtt";
import { type StockMapperOptions, StockProcess } from "./stock-mapper.ts";
import { pinOf, readStockProfile, type StockProfile } from "./stock-profile.ts";

const lamps = ["red", "yellow", "green"] as const;
type Lamp = (typeof lamps)[number];

/** wiringPi numbers that are compiled in. */
const builtInPins: Readonly<Record<Lamp, number>> = { red: 25, yellow: 24, green: 23 };

interface Delta {
  readonly twin: Readonly<Record<Lamp, { readonly expected: { readonly value: string } }>>;
}

/**
 * KubeEdge's traffic-light mapper as it behaves at the wire and at its pins, fact by fact (it was run unmodified): client
 * id, persistent session and no keep-alive; a report of all three lamps every 3 s, QoS 1, whose failure ends it; no look at
 * `delta`; death when a lamp is missing from the delta's twins.
 */
export class TrafficLightMapper extends StockProcess {
  /** Reports that were acknowledged. */
  acknowledged = 0;
  /** Times it subscribed. */
  subscribed = 0;
  #wake: (() => void)[] = [];

  /** Starts the process. Resolves when it listens or died. */
  static async start(options: StockMapperOptions): Promise<TrafficLightMapper> {
    const mapper = new TrafficLightMapper(options.clock);
    await mapper.#main(options);
    return mapper;
  }

  /** Resolves once it listens for the n-th time and `reports` reports were acknowledged in all, or it died. */
  async until({ reports = 0, subscriptions = 0 }): Promise<void> {
    while (!this.exit && (this.acknowledged < reports || this.subscribed < subscriptions)) {
      await Promise.race([new Promise<void>((resolve) => this.#wake.push(resolve)), this.exited]);
    }
  }

  async #main({ url, profilePath, gpio, device }: StockMapperOptions): Promise<void> {
    let pins: Readonly<Record<Lamp, number>>;
    try {
      pins = readPins(readStockProfile(profilePath));
      for (const lamp of lamps) gpio.run("mode", String(pins[lamp]), "output");
    } catch (error) {
      return this.die(1, error instanceof Error ? error.message : String(error));
    }
    const topic = `$hw/events/device/${device}/twin/update`;
    const mqtt = connect(url, {
      clientId: "zhangjie-test",
      clean: false,
      keepalive: 0,
      protocolVersion: 4,
      // It comes back by itself and subscribes again.
      reconnectPeriod: 20,
      resubscribe: false,
    });
    this.own(mqtt);
    mqtt.on("error", (error) => {
      if (this.subscribed === 0) this.die(1, error.message);
    });
    mqtt.on("close", () => {
      if (this.subscribed === 0) this.die(1, "network error");
    });
    mqtt.on("connect", () => {
      mqtt.subscribe(`${topic}/delta`, { qos: 0 }, () => this.#advance(() => this.subscribed++));
    });
    mqtt.on("message", (_topic, payload) => {
      this.run(() => {
        const { twin } = JSON.parse(payload.toString()) as Delta;
        // No nil checks: a lamp without an expected value is a nil dereference.
        const wanted = lamps.map((lamp) => [pins[lamp], twin[lamp].expected.value] as const);
        for (const [pin, value] of wanted) this.#drive(gpio, pin, value);
      });
    });
    const report = () => {
      const state = (lamp: Lamp) => (gpio.run("read", String(pins[lamp])).trim() === "1" ? "ON" : "OFF");
      const side = (lamp: Lamp) => ({ actual: { value: state(lamp) }, metadata: { type: "Updated" } });
      const twin = { green: side("green"), red: side("red"), yellow: side("yellow") };
      mqtt.publish(topic, JSON.stringify({ event_id: "", timestamp: 0, twin }), { qos: 1 }, (error) => {
        if (error) this.die(1, error.message);
        else this.#advance(() => this.acknowledged++);
      });
      this.after(3000, report);
    };
    await this.until({ subscriptions: 1 });
    this.run(report);
  }

  #drive(gpio: StockMapperOptions["gpio"], pin: number, value: string): void {
    if (value !== "ON" && value !== "OFF") {
      this.output.push(`unsupport state ${value}`);
      return;
    }
    const level = value === "ON" ? "1" : "0";
    if (gpio.run("read", String(pin)).trim() !== level) gpio.run("write", String(pin), level);
  }

  #advance(step: () => void): void {
    step();
    for (const wake of this.#wake.splice(0)) wake();
  }
}

const readPins = (profile: StockProfile): Record<Lamp, number> => {
  const pin = (lamp: Lamp) => pinOf(profile, "traffic-light", `${lamp}-pin-number`) ?? builtInPins[lamp];
  return { red: pin("red"), yellow: pin("yellow"), green: pin("green") };
};
