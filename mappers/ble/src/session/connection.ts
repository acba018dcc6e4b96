import { f, fields, type Output } from "@edgetwin/mapper-sdk";
import { endpointOf } from "../adapter/endpoint.ts";
import { nobleLibraries } from "../central/load-noble.ts";
import { addressOf } from "../hci/address.ts";
import { uuidOf } from "../hci/uuid.ts";
import { sensorFormats } from "../sensors/sensor-format.ts";

const adapter = f.custom('an adapter: "hci0", "/dev/ttyACM0", "tcp://host:port" or "unix:/path"', (raw) =>
  typeof raw === "string" && endpointOf(raw) ? raw : undefined,
);

/** An address, however it is written. */
export const addressField = f.custom('an address like "A4:C1:38:0A:0B:0C"', (raw) =>
  typeof raw === "string" ? addressOf(raw) : undefined,
);

/** A UUID, short or long, however it is written. */
export const uuidField = f.custom('a UUID like "181a" or "12345678-1234-5678-1234-56789abcdef0"', (raw) =>
  typeof raw === "string" || typeof raw === "number" ? uuidOf(String(raw)) : undefined,
);

const bindKey = f.custom<Uint8Array>("32 hexadecimal digits", (raw) =>
  typeof raw === "string" && /^[0-9a-f]{32}$/i.test(raw) ? Buffer.from(raw, "hex") : undefined,
);

/** Settings of the adapter, the same for all devices behind it and for those who look for some. */
export const adapterFields = {
  adapter: f.withDefault(adapter, "hci0"),
  /** Bits per second of a serial adapter. */
  baudRate: f.withDefault(f.int({ min: 9_600, max: 4_000_000 }), 1_000_000),
  library: f.withDefault(f.oneOf(nobleLibraries), "stoprocent"),
};

/** `spec.protocol.configData` of a Device: which device, and how it is reached. The README explains every field. */
export const connection = fields({
  ...adapterFields,
  address: f.optional(addressField),
  /** KubeEdge's word for it. */
  macAddress: f.optional(addressField),
  /** The name it advertises, `*` standing for any letters. */
  name: f.optional(f.string()),
  /** A service it advertises. */
  service: f.optional(uuidField),
  /** Read from advertisements only, in this format. */
  format: f.optional(f.oneOf([...sensorFormats, "auto"])),
  bindKey: f.optional(bindKey),
  dutyPercent: f.withDefault(f.number({ min: 1, max: 100 }), 30),
  activeScan: f.optional(f.boolean()),
  searchMs: f.withDefault(f.int({ min: 100, max: 600_000 }), 20_000),
  silentMs: f.withDefault(f.int({ min: 1_000, max: 604_800_000 }), 600_000),
  connectMs: f.withDefault(f.int({ min: 100, max: 60_000 }), 5_000),
  timeoutMs: f.withDefault(f.int({ min: 100, max: 30_000 }), 3_000),
  mtu: f.withDefault(f.int({ min: 23, max: 517 }), 247),
});

/** Checked connection settings. */
export type Connection = Output<typeof connection>;
