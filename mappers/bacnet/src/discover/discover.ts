import { type DiscoverDefinition, type Discovered, f, fields, type Output } from "@edgetwin/mapper-sdk";
import type { IAm } from "../client/bacnet-library.ts";
import { acquireDevice, acquireEndpoint } from "../link/endpoints.ts";
import type { Station } from "../link/station.ts";
import { waitUpTo } from "../link/wait-up-to.ts";
import { lastInstance } from "../names/object-types.ts";
import { BacnetRefusal } from "../names/refusals.ts";
import { addressField, connection, endpointFields } from "../visitors/connection.ts";
import { bacnetPort } from "../wire/udp-address.ts";
import { proposalFor } from "./proposal.ts";
import { readDevice } from "./read-device.ts";

const options = fields({
  ...endpointFields,
  address: f.optional(addressField),
  from: f.withDefault(f.int({ min: 0, max: lastInstance }), 0),
  to: f.withDefault(f.int({ min: 0, max: lastInstance }), lastInstance),
  timeoutMs: f.withDefault(f.int({ min: 50, max: 60_000 }), 3000),
  rounds: f.withDefault(f.int({ min: 1, max: 10 }), 2),
  maxObjects: f.withDefault(f.int({ min: 1, max: 10_000 }), 250),
});
type Options = Output<typeof options>;

/** A reading of the search is repeated this often. */
const retries = 2;

/** Asks who is there, and reads what they have. */
export const discoverDevices: DiscoverDefinition<typeof options> = {
  description:
    "Asks all BACnet devices of the network to say that they are there, and reads the names, units and states of their objects. Nothing is written.",
  options,

  addressOf(raw) {
    const result = connection["~standard"].validate(raw);
    if ("then" in result || result.issues) throw new TypeError("no connection of a BACnet device");
    return `device ${result.value.device}`;
  },

  async *find({ board, clock, log, options, signal }) {
    await using held = await acquireEndpoint({ board, clock, log, name: "discover", settings: options });
    const { endpoint } = held;
    const heard = new Map<number, { readonly iAm: IAm; readonly station: Station }>();
    using _ = endpoint.listen((iAm, station) => {
      if (iAm.instance >= options.from && iAm.instance <= options.to && !heard.has(iAm.instance))
        heard.set(iAm.instance, { iAm, station });
    });
    const never = new Promise(() => {});
    await waitUpTo(clock, options.timeoutMs, endpoint.ready(), signal);
    for (let round = 0; round < options.rounds; round++) {
      await endpoint.whoIs(options.from, options.to, options.address);
      await waitUpTo(clock, options.timeoutMs, never, signal);
    }
    for (const { iAm, station } of heard.values()) {
      if (signal.aborted) return;
      await using used = acquireDevice(endpoint, settingsFor(iAm, station, options), { clock, log });
      used.device.heard(iAm, station);
      yield await lookAt(used.device, { iAm, station, options, signal });
    }
  },
};

interface Looking {
  readonly iAm: IAm;
  readonly station: Station;
  readonly options: Options;
  readonly signal: AbortSignal;
}

async function lookAt(
  device: Parameters<typeof readDevice>[0],
  { iAm, station, options, signal }: Looking,
): Promise<Discovered> {
  const { instance } = iAm;
  const reached = { device: instance, ...connectionOf(options, station) };
  const where = {
    address: station.udp,
    vendorId: iAm.vendor,
    ...(station.remote && { network: station.remote.network }),
  };
  try {
    const description = await readDevice(device, { maxObjects: options.maxObjects, signal });
    return proposalFor(description, { instance, connection: reached, facts: where });
  } catch (error) {
    if (signal.aborted || !(error instanceof Error)) throw error;
    const why =
      error instanceof BacnetRefusal ? `refuses to be read (${error.message})` : `could not be read: ${error.message}`;
    return {
      name: `bacnet ${instance}`,
      description: `A BACnet device that says that it is there, but ${why}.`,
      confidence: 0.5,
      connection: reached,
      facts: where,
    };
  }
}

const settingsFor = ({ instance }: IAm, station: Station, { timeoutMs }: Options) => ({
  instance,
  station,
  timeoutMs,
  retries,
  cov: { style: "off", lifetimeMs: 0, checkMs: 0, pollMs: 0 } as const,
});

/** What a manifest has to say besides the instance: what is not as it is by default. */
function connectionOf(options: Options, { udp }: Station): Readonly<Record<string, unknown>> {
  const { interface: host, port, broadcast, bbmd, bbmdTtlSeconds, library, address } = options;
  return {
    ...(address !== undefined && { address: udp }),
    ...(host !== "0.0.0.0" && { interface: host }),
    ...(port !== bacnetPort && { port }),
    ...(broadcast && { broadcast }),
    ...(bbmd && { bbmd, bbmdTtlSeconds }),
    ...(library !== "bacnet-js" && { library }),
  };
}
