import { type Field, f, fields, type Input, type Output } from "@edgetwin/mapper-sdk";
import { libraryNames } from "../client/bacnet-library.ts";
import { lastInstance } from "../names/object-types.ts";
import { bacnetPort, udpAddress } from "../wire/udp-address.ts";

const hostField: Field<string, string> = f.custom("an IPv4 address of this machine, e.g. 192.168.1.5", (raw) =>
  typeof raw === "string" && udpAddress(raw, 0)?.endsWith(":0") ? raw : undefined,
) as Field<string, string>;

/** An address of another machine, with its port written out. */
export const addressField: Field<string, string> = f.custom(
  'an IPv4 address, with its port when that is not 47808, e.g. "192.168.1.20" or "192.168.1.20:47809"',
  (raw) => (typeof raw === "string" ? udpAddress(raw) : undefined),
) as Field<string, string>;

const macField: Field<string, string> = f.custom('an address on that network in hexadecimal, e.g. "0c"', (raw) => {
  const text = typeof raw === "string" ? raw.replace(/[:\s]/g, "").toLowerCase() : "";
  return /^([0-9a-f]{2}){1,7}$/.test(text) ? text : undefined;
}) as Field<string, string>;

/** Where and how this machine is on the network; devices with equal ones share a socket. */
export const endpointFields = {
  interface: f.withDefault(hostField, "0.0.0.0"),
  port: f.withDefault(f.int({ min: 0, max: 65_535 }), bacnetPort),
  broadcast: f.optional(addressField),
  bbmd: f.optional(addressField),
  bbmdTtlSeconds: f.withDefault(f.int({ min: 10, max: 65_535 }), 300),
  library: f.withDefault(f.oneOf(libraryNames), "bacnet-js"),
};

/** How long to wait and how often to ask; the standard proposes 3 s and 3 repetitions (ASHRAE 135 12.11). */
export const patienceFields = {
  timeoutMs: f.withDefault(f.int({ min: 50, max: 60_000 }), 3000),
  retries: f.withDefault(f.int({ min: 0, max: 10 }), 2),
};

/** How to reach a device. */
export const connection = fields({
  device: f.int({ min: 0, max: lastInstance }),
  address: f.optional(addressField),
  network: f.optional(f.int({ min: 1, max: 65_534 })),
  mac: f.optional(macField),
  ...endpointFields,
  ...patienceFields,
  priority: f.withDefault(priorityField(), 8),
  cov: f.withDefault(f.oneOf(["confirmed", "unconfirmed", "off"]), "confirmed"),
  covLifetimeSeconds: f.withDefault(f.int({ min: 10, max: 86_400 }), 300),
  covCheckMs: f.withDefault(f.int({ min: 1000, max: 3_600_000 }), 60_000),
  pollMs: f.withDefault(f.int({ min: 200, max: 3_600_000 }), 5000),
});

export type Connection = Output<typeof connection>;
/** How to reach a device, as authors may write it. */
export type BacnetConnection = Input<typeof connection>;
/** The part of a connection that names the socket. */
export type EndpointSettings = Pick<
  Connection,
  "interface" | "port" | "broadcast" | "bbmd" | "bbmdTtlSeconds" | "library"
>;

/** Where Who-Is goes. The port is that of the socket unless it is said. */
export const broadcastOf = ({ broadcast, port }: EndpointSettings): string =>
  broadcast ?? `255.255.255.255:${port === 0 ? bacnetPort : port}`;

/** 6 is the device's own, for minimum times (19.2.3). */
export function priorityField(): Field<number, number> {
  return f.custom("a priority from 1 to 16 other than 6, which is the device's own", (raw) => {
    const number = typeof raw === "string" && /^\d+$/.test(raw) ? Number(raw) : raw;
    return typeof number === "number" && Number.isInteger(number) && number >= 1 && number <= 16 && number !== 6
      ? number
      : undefined;
  }) as Field<number, number>;
}
