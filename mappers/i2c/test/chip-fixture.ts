import { chips } from "@edgetwin/mapper-i2c";
import { type DeviceConfig, defineModel, type Model, type Property, parse } from "@edgetwin/mapper-sdk";

/** A device with every channel of a chip, named like them. */
export interface ChipFixture {
  readonly model: Model;
  readonly config: DeviceConfig;
}

/** Model and configuration of a whole chip; `only` leaves out the other channels. */
export function chipFixture(
  name: string,
  {
    settings = {},
    only,
  }: { readonly settings?: Readonly<Record<string, unknown>>; readonly only?: readonly string[] } = {},
): ChipFixture {
  const chip = chips.get(name);
  if (!chip) throw new TypeError(`there is no chip ${name}`);
  const all = Object.entries(chip.channels(parse(chip.settings, settings, "settings")));
  const channels = all.filter(([channel]) => !only || only.includes(channel));
  const named = (channel: string) => channel.replace("-", "To");
  const properties: Record<string, Property> = Object.fromEntries(
    channels.map(([channel, property]) => [named(channel), property]),
  );
  return {
    model: defineModel(name, properties),
    config: {
      connection: { chip: name, bus: 1, settings },
      visitors: Object.fromEntries(channels.map(([channel]) => [named(channel), { channel }])),
    },
  };
}
