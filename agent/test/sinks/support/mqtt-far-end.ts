import { once } from "node:events";
import { createServer } from "node:net";
import type { ArrivedPoint, SinkPeer } from "@edgetwin/mapper-sdk/testing";
import { Aedes } from "aedes";
import { WireProxy } from "./wire-proxy.ts";

/** A message as the broker got it. */
export interface GotMessage {
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly retain: boolean;
}

/** A broker behind a wire that can be cut. */
export async function mqttFarEnd(): Promise<SinkPeer & { readonly messages: readonly GotMessage[] }> {
  const messages: GotMessage[] = [];
  const broker = await Aedes.createBroker();
  broker.on("publish", ({ topic, payload, qos, retain }, client) => {
    if (client) messages.push({ topic, payload: payload.toString(), qos, retain });
  });
  const server = createServer(broker.handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = await WireProxy.open((server.address() as { port: number }).port);
  return {
    messages,
    config: { address: `tcp://127.0.0.1:${proxy.port}`, topic: "plant/values" },
    credential: { username: "edge", secret: "hunter2" },
    arrived: () =>
      messages.map(({ payload }): ArrivedPoint => {
        const { device, property, at, value } = JSON.parse(payload) as Record<
          "device" | "property" | "at" | "value",
          string
        >;
        return { device, property, at: Date.parse(at), value: String(value) };
      }),
    connections: proxy.connections,
    stall: proxy.stall,
    down: proxy.down,
    up: proxy.up,
    async [Symbol.asyncDispose]() {
      await proxy.down();
      await new Promise<void>((resolve) => broker.close(resolve));
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}
