import {
  type DiscoverContext,
  type Discovered,
  defineModel,
  fields,
  type I2cBus,
  i2cAddressName,
  type Property,
  parse,
} from "@edgetwin/mapper-sdk";
import type { Chip } from "./chip.ts";
import { busField } from "./connection.ts";
import { findChips } from "./find-chips.ts";

/** Where to look. */
export const discoverOptions = fields({ bus: busField });

type Options = NonNullable<(typeof discoverOptions)["~standard"]["types"]>["output"];

const confidences = { certain: 1, likely: 0.7, possible: 0.3 } as const;

/**
 * Asks every address of a bus and proposes a device for each chip that is recognised. Each transaction is a turn of its
 * own, so that devices on the bus are served between them. Nothing on the chips is changed.
 */
export async function* discoverChips(context: DiscoverContext<Options>): AsyncGenerator<Discovered> {
  const { board, clock, options, signal, turn } = context;
  await using opened = await board.i2c.open(options.bus, { consumer: "discover" });
  const bus: I2cBus = {
    name: opened.name,
    transfer: (...transaction) => turn(() => opened.transfer(...transaction)),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
  for await (const { address, candidates, reason } of findChips(bus, { clock, signal })) {
    const at = i2cAddressName(address);
    if (candidates.length === 0) {
      const description = `something answers at ${at} of ${options.bus}; ${reason ?? "no known chip has that address"}`;
      yield { name: `chip at ${at}`, description, confidence: 0.1, facts: { address: at } };
    }
    for (const { chip, confidence } of candidates) {
      yield {
        name: `${chip.name} at ${at}`,
        description: `${chip.description}, at ${at} of ${options.bus}: ${confidence}`,
        confidence: confidences[confidence],
        facts: { address: at, chip: chip.name },
        connection: { bus: options.bus, chip: chip.name, address },
        ...proposal(chip),
      };
    }
  }
}

/** A model with what the chip has by default; nothing for memories, whose registers only their owner knows. */
function proposal(chip: Chip): Pick<Discovered, "model" | "visitors"> {
  // Differences of inputs and pulses of servos are other views of what is there already.
  const channels = Object.entries(chip.channels(parse(chip.settings, {}, "settings"))).filter(
    ([channel]) => !channel.includes("-") && !channel.startsWith("pulse"),
  );
  if (channels.length === 0) return {};
  return {
    model: defineModel(chip.name, Object.fromEntries(channels) as Record<string, Property>),
    visitors: Object.fromEntries(channels.map(([channel]) => [channel, { channel }])),
  };
}
