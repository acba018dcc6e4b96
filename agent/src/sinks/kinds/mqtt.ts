import { randomBytes } from "node:crypto";
import { type Clock, f, fields } from "@edgetwin/mapper-sdk";
import { defineSink, type SinkPoint } from "@edgetwin/mapper-sdk/sinks";
import type { MqttClient } from "mqtt";
import { localDateTime, valueText } from "./kubeedge-text.ts";
import { pointJson } from "./point-json.ts";

/** How long a broker that does not take anything keeps a close waiting. */
const patienceMs = 500;

const address = f.custom('a broker like "tcp://10.0.0.5:1883", or "mqtts://…" for TLS', (raw) => {
  if (typeof raw !== "string") return undefined;
  const url = raw.includes("://") ? raw : `tcp://${raw}`;
  return /^(mqtts?|tcp|ssl|wss?):\/\/[^/@]+(\/|$)/.test(url) && URL.canParse(url) ? url : undefined;
});

/** MQTT 3.1.1, 4.7: wildcards are for filters, and no topic is empty. */
const topic = f.custom("a topic without + and #", (raw) =>
  typeof raw === "string" && raw !== "" && raw.length < 65_536 && !/[+#\0]/.test(raw) ? raw : undefined,
);

/** One message for each value, over one connection for each broker; as JSON, or as the text of KubeEdge's mappers (`compat`). */
export const mqtt = defineSink({
  name: "mqtt",
  config: fields({
    address,
    topic,
    // At least once unless the manifest says otherwise: a value that waited a day should not get lost at last.
    qos: f.withDefault(f.int({ min: 0, max: 2 }), 1),
    retained: f.withDefault(f.boolean(), false),
    compat: f.withDefault(f.boolean(), false),
  }),
  target: ({ address }) => ({ address }),
  address: ({ address }) => address,
  batch: () => 100,
  async open({ target, credential, scope, signal, clock }) {
    const { connect } = await import("mqtt");
    const client = connect(target.address, {
      clientId: `edgetwin-sink-${randomBytes(4).toString("hex")}`,
      reconnectPeriod: 0,
      connectTimeout: 0x7fffffff, // the agent's own limit counts
      ...(credential?.username !== undefined && { username: credential.username }),
      ...(credential?.secret !== undefined && { password: credential.secret }),
    });
    scope.defer(() => leave(client, clock));
    let failure: Error | undefined;
    const gone = new AbortController();
    client.on("error", (error) => {
      failure = error;
    });
    client.once("close", () => gone.abort(failure ?? new Error("the broker closed the connection")));
    await until(gone.signal, signal, (done) => client.once("connect", () => done()));
    return {
      async send(points, { signal }) {
        await until(gone.signal, signal, (done, failed) => {
          let open = points.length;
          for (const { config, ...point } of points) {
            const options = { qos: config.qos as 0 | 1 | 2, retain: config.retained };
            const payload = config.compat
              ? textOf({ ...point, config }, config.topic)
              : JSON.stringify(pointJson({ ...point, config }));
            client.publish(config.topic, payload, options, (error) => {
              if (error) failed(error);
              else if (--open === 0) done();
            });
          }
        });
      },
    };
  },
});

/** Messages of QoS 0 count as sent when they are handed to the socket: it is emptied before it is closed, but not for ever. */
function leave(client: MqttClient, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const force = clock.after(patienceMs, () => {
      client.stream.destroy(); // a second end would wait for the first
      resolve();
    });
    client.end(!client.connected, {}, () => {
      force[Symbol.dispose]();
      resolve();
    });
  });
}

/** As mapper-framework's `publish` writes it. */
const textOf = (point: SinkPoint, topic: string): string =>
  `time is ${localDateTime(point.at)}  ${topic}: ${valueText(point)}`;

/** Settles with what `start` says, or rejects as soon as the connection is gone or the caller gives up. */
function until(
  gone: AbortSignal,
  caller: AbortSignal,
  start: (done: () => void, failed: (error: unknown) => void) => void,
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const signals = [gone, caller];
    const listeners = signals.map((signal) => ({ signal, listener: () => settle(() => reject(signal.reason)) }));
    const settle = (outcome: () => void) => {
      for (const { signal, listener } of listeners) signal.removeEventListener("abort", listener);
      outcome();
    };
    for (const { signal, listener } of listeners) {
      if (signal.aborted) return settle(() => reject(signal.reason));
      signal.addEventListener("abort", listener, { once: true });
    }
    start(
      () => settle(resolve),
      (error) => settle(() => reject(error)),
    );
  });
}
