import { type DiscoverDefinition, delay, f, fields, type Output } from "@edgetwin/mapper-sdk";
import type { Listener } from "../link/broker-link.ts";
import { acquireLink } from "../link/links.ts";
import type { OpenStream } from "../link/open-socket.ts";
import { brokerFields, brokerOf } from "../visitors/broker.ts";
import { AnnouncedDevices } from "./home-assistant/announced-devices.ts";
import { type Question, ShellyDevices } from "./shelly.ts";
import { TasmotaDevices } from "./tasmota.ts";

const options = fields({
  ...brokerFields,
  /** First level of Home Assistant's discovery topics. */
  prefix: f.withDefault(f.string(), "homeassistant"),
  /** How long devices may take to answer; what the broker has retained is there at once. */
  waitMs: f.withDefault(f.int({ min: 100, max: 60_000 }), 3000),
});
type Options = Output<typeof options>;

/** Until the broker counts as out of reach. */
const connectMs = 10_000;

/** Looks on a broker for devices that say what they are. */
export const discoverDevices = (openStream: OpenStream): DiscoverDefinition<typeof options> => ({
  description:
    "Reads what devices announce on a broker: to Home Assistant (ESPHome, Zigbee2MQTT and many more), and as Tasmota and Shelly do. Asks Shelly devices to announce themselves; nothing else is published.",
  options,

  async *find({ board, clock, log, options, credential, signal }) {
    await using held = acquireLink({ board, clock, log, credential, broker: brokerOf(options), openStream });
    const { link } = held;
    await link.online(connectMs, signal);
    const ask = (question: Question) =>
      void link.publish(question, signal).catch((error: unknown) => log.debug("mqtt.question-lost", { error }));
    const shelly = new ShellyDevices(ask);
    const sources = [new AnnouncedDevices(options.prefix), new TasmotaDevices(), shelly];
    const filters = sources.flatMap((source) => {
      const listener: Listener = (message) => void source.hear(message);
      return source.filters.map((filter) => [filter, listener] as const);
    });
    const release = await link.subscribe(new Map(filters), signal);
    try {
      shelly.begin();
      await delay(clock, options.waitMs, signal).catch(() => {}); // who has enough gets what is there by now
    } finally {
      release();
    }
    const names = new Map<string, number>();
    for (const draft of sources.flatMap(({ drafts }) => [...drafts])) {
      const found = draft.finding(brokerSettings(options), names);
      if (found) yield found;
    }
  },
});

/** Of the broker, what was given: defaults need not stand in every manifest. */
const brokerSettings = ({ url, credential, clientId }: Options) => ({
  url,
  ...(credential !== undefined && { credential }),
  ...(clientId !== undefined && { clientId }),
});
