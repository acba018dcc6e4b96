import { type DiscoverDefinition, type Discovered, f, fields, MapperError, parse } from "@edgetwin/mapper-sdk";
import { connection, coordinatorConnection } from "./connection.ts";
import { coordinatorModel } from "./coordinator/model.ts";
import { dongleOf } from "./dongles.ts";
import { identifyProduct } from "./identify/identify-product.ts";
import type { KnownDevice } from "./network/library.ts";
import type { Network } from "./network/network.ts";
import { runningNetwork } from "./network/networks.ts";
import { proposalOf } from "./proposal.ts";

const options = fields({
  /** Which network, when there is one already. */
  path: f.optional(f.string()),
  /** Looks products up in zigbee-herdsman-converters, when that is installed. */
  products: f.withDefault(f.boolean(), true),
});

/** Finds dongles, and the devices that joined the network of one. */
export const discoverZigbee: DiscoverDefinition<typeof options> = {
  description:
    "Lists serial ports that look like Zigbee dongles, and the devices in the network that runs. Nothing is sent; open the join window first to let new ones in.",
  options,
  addressOf,

  async *find({ board, clock, options, signal }) {
    const network = runningNetwork(options.path);
    for (const port of await board.serial.list()) {
      const dongle = dongleOf(port);
      if (dongle && port.path !== network?.path && port.stablePath !== network?.path) yield dongle;
    }
    if (!network) {
      if (options.path !== undefined)
        throw new MapperError(
          "DEVICE_IO",
          `no network runs at ${options.path}; apply a Device of the model ${coordinatorModel.name} first`,
        );
      return;
    }
    for (const device of network.devices) {
      if (signal.aborted) return;
      yield await findingOf(device, { network, products: options.products, clock, signal });
    }
  },
};

/** A device by its address; a dongle by its path. */
function addressOf(settings: unknown): string {
  const isDevice = typeof settings === "object" && settings !== null && "ieee" in settings;
  return isDevice
    ? parse(connection, settings, "connection").ieee
    : parse(coordinatorConnection, settings, "connection").path;
}

interface Looking {
  readonly network: Network;
  readonly products: boolean;
  readonly clock: Parameters<typeof identifyProduct>[1]["clock"];
  readonly signal: AbortSignal;
}

async function findingOf(device: KnownDevice, { network, products, clock, signal }: Looking): Promise<Discovered> {
  const { ieeeAddr, modelID, manufacturerName, interviewState, type, powerSource, linkquality } = device;
  const facts = {
    ieee: ieeeAddr,
    kind: type,
    ...(manufacturerName && { manufacturer: manufacturerName }),
    ...(modelID && { model: modelID }),
    ...(powerSource && { powerSource }),
    ...(linkquality !== undefined && { linkQuality: linkquality }),
  };
  const settings = { path: network.path, ieee: ieeeAddr };
  if (interviewState !== "SUCCESSFUL") {
    const description = `It has joined, but its interview is ${interviewState.toLowerCase()}; wake it and call interview.`;
    return { name: `zigbee ${ieeeAddr}`, description, confidence: 0.1, connection: settings, facts };
  }
  const product = products ? await identifyProduct(device, { clock, signal }) : undefined;
  const { model, visitors } = proposalOf(device, product);
  const called = product ? `${product.vendor} ${product.model}` : (modelID ?? "zigbee");
  const said = [manufacturerName, modelID].filter(Boolean).join(" ") || "nothing";
  const known = Object.keys(visitors).length > 0;
  return {
    name: `${called} ${ieeeAddr}`,
    description: product ? `${product.description}, which calls itself ${said}.` : `It calls itself ${said}.`,
    confidence: known ? 1 : 0.3,
    connection: settings,
    ...(known && { model, visitors }),
    facts: { ...facts, ...(product && { product: `${product.vendor} ${product.model}` }) },
  };
}
