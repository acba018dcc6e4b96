import {
  type DiscoverDefinition,
  type Discovered,
  defineModel,
  delay,
  fields,
  linkSignals,
  MapperError,
  type Property,
  p,
  parse,
} from "@edgetwin/mapper-sdk";
import { acquireBridge } from "./bridge.ts";
import { bridgeFields, connection } from "./settings.ts";

const options = fields(bridgeFields);

/** How long the list of devices may take; it is retained, so it comes at once or not at all. */
const patienceMs = 5_000;

/** What zigbee2mqtt says of one thing that a device has (its documentation, "exposes"). */
interface Exposed {
  readonly type: string;
  readonly property?: string;
  /** Bit 1: it can be set. */
  readonly access?: number;
  readonly unit?: string;
  readonly description?: string;
  readonly values?: readonly string[];
  readonly value_on?: unknown;
  readonly value_off?: unknown;
  readonly features?: readonly Exposed[];
}

interface Listed {
  readonly friendly_name: string;
  readonly ieee_address: string;
  readonly type: string;
  readonly interview_completed?: boolean;
  readonly definition?: {
    readonly vendor: string;
    readonly model: string;
    readonly description: string;
    readonly exposes: readonly Exposed[];
  } | null;
}

/** Proposes every device that a zigbee2mqtt knows. */
export const discoverBridged: DiscoverDefinition<typeof options> = {
  description: "Reads the list of devices that a zigbee2mqtt keeps at its broker; nothing is sent to a device.",
  options,
  addressOf(settings) {
    const { url, baseTopic, device } = parse(connection, settings, "connection");
    return `${url} ${baseTopic}/${device}`;
  },

  async *find({ clock, log, options, signal, credential: credentials }) {
    const { url, baseTopic, credential } = options;
    await using held = await acquireBridge({ url, baseTopic, credential, credentials, clock, log });
    const arrived = new AbortController();
    let list: readonly Listed[] | undefined;
    const stop = held.bridge.listen("bridge/devices", (bytes) => {
      list = bytes && listOf(bytes);
      if (list) arrived.abort();
    });
    try {
      using link = linkSignals(signal, arrived.signal);
      await delay(clock, patienceMs, link.signal).catch(() => undefined);
    } finally {
      stop();
    }
    signal.throwIfAborted();
    if (!list) throw new MapperError("DEVICE_IO", `no list of devices: ${held.bridge.trouble}`);
    for (const device of list)
      if (device.type !== "Coordinator") yield findingOf(device, { url, baseTopic, credential });
  },
};

function listOf(bytes: Uint8Array): readonly Listed[] | undefined {
  try {
    const list: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return Array.isArray(list) ? (list as Listed[]) : undefined;
  } catch {
    return undefined; // somebody else's topic
  }
}

interface Where {
  readonly url: string;
  readonly baseTopic: string;
  readonly credential: string | undefined;
}

function findingOf({ friendly_name, ieee_address, definition }: Listed, { credential, ...where }: Where): Discovered {
  const settings = { ...where, ...(credential !== undefined && { credential }), device: friendly_name };
  const facts = { ieee: ieee_address };
  if (!definition) {
    const description = "zigbee2mqtt does not know what it is.";
    return { name: friendly_name, description, confidence: 0.1, connection: settings, facts };
  }
  const properties: Record<string, Property> = {};
  const visitors: Record<string, Readonly<Record<string, unknown>>> = {};
  for (const exposed of definition.exposes.flatMap(flat)) {
    const property = propertyOf(exposed);
    if (!property || !exposed.property) continue;
    const name = slug(exposed.property);
    properties[name] = property;
    const { value_on: on, value_off: off } = exposed;
    const words =
      typeof on === "string" && typeof off === "string" && (on !== "ON" || off !== "OFF") ? { on, off } : {};
    visitors[name] = { key: exposed.property, ...words };
  }
  return {
    name: friendly_name,
    description: `${definition.vendor} ${definition.model}: ${definition.description}.`,
    confidence: 1,
    connection: settings,
    model: defineModel(`zigbee2mqtt-${slug(`${definition.vendor}-${definition.model}`)}`, properties),
    visitors,
    facts,
  };
}

/** What is inside of lights and switches; composites such as a colour in two forms are left to whoever needs them. */
const flat = (exposed: Exposed): readonly Exposed[] =>
  exposed.features && exposed.type !== "composite" ? exposed.features.flatMap(flat) : [exposed];

function propertyOf({ type, access = 1, unit, description, values }: Exposed): Property | undefined {
  const facts = {
    ...((access & 2) !== 0 && { access: "rw" as const }),
    ...(unit && { unit }),
    ...(description && { description }),
  };
  switch (type) {
    case "binary":
      return p.boolean(facts);
    case "numeric":
      return p.double(facts);
    case "enum":
      return values && values.length > 0 ? p.oneOf(values, facts) : p.string(facts);
    case "text":
      return p.string(facts);
    default:
      return undefined;
  }
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
