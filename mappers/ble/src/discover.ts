import {
  type Clock,
  type DiscoverDefinition,
  type Discovered,
  defineModel,
  f,
  fields,
  type Output,
  type Property,
  p,
  parse,
} from "@edgetwin/mapper-sdk";
import { acquireAdapter } from "./adapter/adapters.ts";
import type { Advertisement } from "./hci/advertisement.ts";
import { decoders, decodeSensor, factsOf } from "./sensors/decode-sensor.ts";
import type { SensorFormat, SensorValue, SensorValueFacts } from "./sensors/sensor-format.ts";
import { adapterFields, connection } from "./session/connection.ts";

const options = fields({
  ...adapterFields,
  seconds: f.withDefault(f.number({ min: 1, max: 600 }), 10),
  dutyPercent: f.withDefault(f.number({ min: 1, max: 100 }), 60),
});
type Options = Output<typeof options>;

/** Listens for a while and tells what it heard: sensors with a model that reads them, other devices by their address. */
export const discoverDevices: DiscoverDefinition<typeof options> = {
  description:
    "Listens to what devices advertise, and asks them for their names; connects none. Each is told when the time is over.",
  options,
  addressOf(settings) {
    const { adapter, address, macAddress, name, service } = parse(connection, settings, "connection");
    return [adapter, address ?? macAddress ?? `${name ?? ""} ${service ?? ""}`].join(" ");
  },

  async *find({ board, clock, log, options, signal }) {
    await using held = acquireAdapter(options, { board, clock, log, name: "discover" });
    const { adapter } = held;
    await adapter.ready(signal);
    const heard = new Map<string, Heard>();
    let lost: Error | undefined;
    {
      using _ = adapter.join({
        sighting: ({ name, services }, advertisement) => {
          const known: Heard = heard.get(advertisement.address) ?? { values: new Map() };
          if (heard.size < mostHeard || heard.has(advertisement.address)) heard.set(advertisement.address, known);
          listenTo(known, advertisement);
          known.name = name;
          known.services = [...services];
        },
        lost: (error) => {
          lost = error;
        },
      });
      using __ = adapter.listen({ active: true, dutyPercent: options.dutyPercent });
      await pause(clock, options.seconds * 1000, signal);
    }
    if (lost) throw lost;
    for (const [address, one] of heard) yield described(address, one, options);
  },
};

/** Devices beyond this number are not told about. */
const mostHeard = 500;

/** What was heard of one device. */
interface Heard {
  readonly values: Map<string, SensorValue>;
  format?: SensorFormat;
  refused?: string;
  name?: string | undefined;
  services?: readonly string[];
  rssi?: number | undefined;
  connectable?: boolean;
}

function listenTo(known: Heard, advertisement: Advertisement): void {
  known.rssi = advertisement.rssi ?? known.rssi;
  known.connectable = advertisement.connectable || known.connectable === true;
  const decoded = decodeSensor(advertisement, "auto", {});
  if (!decoded) return;
  known.format = decoded.format;
  if (decoded.kind === "refused") known.refused = decoded.reason;
  else for (const [name, value] of Object.entries(decoded.values)) known.values.set(name, value);
}

function described(address: string, heard: Heard, options: Options): Discovered {
  const { name, services = [], rssi, connectable = false, format, refused } = heard;
  const reached = {
    ...(options.adapter !== "hci0" && { adapter: options.adapter }),
    ...(options.baudRate !== 1_000_000 && { baudRate: options.baudRate }),
    ...(options.library !== "stoprocent" && { library: options.library }),
    address,
  };
  const facts = {
    address,
    ...(name !== undefined && { name }),
    ...(rssi !== undefined && { rssi }),
    ...(services.length > 0 && { services: services.join(" ") }),
    connectable,
  };
  const title = `${name ?? format ?? "device"} at ${address}`;
  const measured = [...heard.values.keys()].filter((value) => value !== "packetId");
  if (format && measured.length > 0) {
    return {
      name: title,
      description: `It speaks ${decoders[format].description}, and says ${measured.join(", ")}.`,
      confidence: 1,
      connection: { ...reached, format },
      ...proposal(format, measured),
      facts,
    };
  }
  if (format && refused !== undefined)
    return {
      name: title,
      description: `It speaks ${format}: ${refused}.`,
      confidence: 0.5,
      connection: { ...reached, format },
      facts,
    };
  const description = connectable
    ? "It can be connected; its characteristics say more."
    : "It advertises nothing that is known here.";
  return {
    name: title,
    description,
    confidence: connectable ? 0.3 : 0.1,
    ...(connectable && { connection: reached }),
    facts,
  };
}

function proposal(format: SensorFormat, measured: readonly string[]): Pick<Discovered, "model" | "visitors"> {
  const known = factsOf(format);
  const names = [...measured, "rssi"];
  const properties = names.map(
    (name) => [name, propertyFor(known[name] ?? known[name.replace(/[2-9]$/, "")])] as const,
  );
  return {
    model: defineModel(`${format}-sensor`, Object.fromEntries(properties) as Record<string, Property>),
    visitors: Object.fromEntries(names.map((name) => [name, { value: name }])),
  };
}

function propertyFor(facts: SensorValueFacts | undefined): Property {
  const unit = facts?.unit === undefined ? {} : { unit: facts.unit };
  if (facts?.type === "boolean") return p.boolean(unit);
  return facts?.type === "string" ? p.string(unit) : p.float(unit);
}

/** Ends early, and without an error, when whoever asked has enough. */
function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      timer[Symbol.dispose]();
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = clock.after(ms, finish);
    if (signal.aborted) finish();
    else signal.addEventListener("abort", finish, { once: true });
  });
}
