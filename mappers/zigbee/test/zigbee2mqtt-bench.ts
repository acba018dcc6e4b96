import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { Aedes, type AedesPublishPacket, type Client } from "aedes";

/** A lamp as zigbee2mqtt tells it. */
const list = [
  { friendly_name: "Coordinator", ieee_address: "0x00124b0011223344", type: "Coordinator", definition: null },
  {
    friendly_name: "lamp/desk",
    ieee_address: "0x00124b00aaaa0001",
    type: "Router",
    interview_completed: true,
    definition: {
      vendor: "IKEA",
      model: "LED1545G12",
      description: "TRADFRI bulb",
      exposes: [
        {
          type: "light",
          features: [
            { type: "binary", name: "state", property: "state", access: 7, value_on: "ON", value_off: "OFF" },
            { type: "numeric", name: "brightness", property: "brightness", access: 7 },
            { type: "composite", name: "color_xy", property: "color", features: [] },
          ],
        },
        { type: "enum", property: "effect", access: 2, values: ["blink", "breathe"] },
        { type: "binary", property: "child_lock", access: 3, value_on: "LOCK", value_off: "UNLOCK" },
        { type: "numeric", property: "linkquality", access: 1, unit: "lqi" },
      ],
    },
  },
  { friendly_name: "unknown", ieee_address: "0x00124b00aaaa0009", type: "EndDevice", definition: null },
];

/** A broker, and beside it what a zigbee2mqtt with one lamp says and hears, by its documentation. */
export class Zigbee2mqttBench implements AsyncDisposable {
  readonly lamp: Record<string, unknown> = {
    state: "OFF",
    brightness: 254,
    color: { x: 0.3127, y: 0.329 },
    temperature: 21.5,
  };
  /** What it was told to set. */
  readonly told: unknown[] = [];
  /** It takes what it is told, and the lamp does not answer. */
  isMute = false;
  #broker: Aedes | undefined;
  #server: Server | undefined;
  #sockets = new Set<Socket>();
  #port = 0;
  traffic = 0;

  get url(): string {
    return `mqtt://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const broker = await Aedes.createBroker();
    const server = createServer((socket) => {
      this.#sockets.add(socket.setNoDelay(true));
      socket.on("close", () => this.#sockets.delete(socket));
      broker.handle(socket);
    });
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#port = (server.address() as AddressInfo).port;
    this.#broker = broker;
    this.#server = server;
    broker.on("publish", (packet, client) => this.#hears(packet, client));
    this.say("bridge/state", { state: "online" }, true);
    this.say("bridge/devices", list, true);
    this.tell(true);
  }

  /** Pulls the broker. */
  async stop(): Promise<void> {
    const { promise, resolve } = deferred();
    this.#server?.close(() => resolve());
    for (const socket of this.#sockets) socket.destroy();
    this.#broker?.close();
    await promise;
  }

  /** Publishes below the base topic. */
  say(topic: string, payload: unknown, retain = false): void {
    this.traffic++;
    const bytes = Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload));
    this.#broker?.publish(
      { cmd: "publish", topic: `zigbee2mqtt/${topic}`, payload: bytes, qos: 0, retain, dup: false },
      () => {},
    );
  }

  /** Says what the lamp has. */
  tell(retain = false): void {
    this.say("lamp/desk", this.lamp, retain);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #hears({ topic, payload }: AedesPublishPacket, client: Client | null): void {
    this.traffic++;
    if (!client || this.isMute) return;
    if (topic === "zigbee2mqtt/lamp/desk/get") return this.tell();
    if (topic !== "zigbee2mqtt/lamp/desk/set") return;
    const wanted = JSON.parse(payload.toString()) as Record<string, unknown>;
    this.told.push(wanted);
    Object.assign(this.lamp, wanted);
    this.tell();
  }
}

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
