import { didYouMean, i2cAddressName, MapperError, type Model, parse } from "@edgetwin/mapper-sdk";
import type { Chip, ChipDriver, ChipParts } from "./chip.ts";
import { chips } from "./chips.ts";
import { type Connection, connection, type Visitor } from "./connection.ts";
import { channelPlaces, registerPlaces } from "./places.ts";
import { type RegisterMap, registerDriver } from "./registers/register-driver.ts";

/** Everything about a device that can be known without touching its bus. */
export interface Plan {
  readonly address: number;
  /** By property name, the channel it is on. */
  readonly channels: ReadonlyMap<string, string>;
  driver(parts: Omit<ChipParts<unknown>, "settings">): ChipDriver;
}

/** What a device's configuration says about it. */
export interface Configured {
  readonly model: Model;
  readonly connection: Connection;
  readonly visitors: Readonly<Record<string, Visitor>>;
}

const ofRegisters = ["registerBytes", "registerOrder", "startUp", "startUpMs", "blockBytes"] as const;

/** @throws MapperError `CONFIG_INVALID` when connection, visitors and model do not fit each other or the chip. */
export function planOf({ model, connection, visitors }: Configured): Plan {
  if (connection.chip === undefined) return registerPlan({ model, connection, visitors });
  const chip = chipNamed(connection.chip);
  const settings = parse(chip.settings, connection.settings, "connection.settings");
  const address = addressOf(connection, chip);
  const map = chip.registerMap?.(settings);
  const stray = ofRegisters.find((setting) => connection[setting] !== undefined);
  if (stray) throw invalid(`connection.${stray}: is for register maps; leave it out for the ${chip.name}`);
  if (map) return mapPlan({ model, connection, visitors }, { address, map });
  const channels = channelPlaces(model, visitors, { chip: chip.name, channels: chip.channels(settings) });
  return { address, channels, driver: (parts) => chip.driver({ ...parts, settings }) };
}

/** Bus and address of a device, e.g. `"i2c-1 0x76"`. @throws MapperError `CONFIG_INVALID` when the settings do not fit. */
export const placeOf = (settings: unknown): string => placeFrom(parse(connection, settings, "connection"));

/** The same of settings that were checked. */
export function placeFrom(parsed: Connection): string {
  const { bus, chip, address } = parsed;
  const at = chip === undefined ? address : addressOf(parsed, chipNamed(chip));
  if (at === undefined) throw addressMissing();
  return `${bus} ${i2cAddressName(at)}`;
}

function registerPlan(configured: Configured): Plan {
  const { address, tenBit, settings, registerBytes = 1, registerOrder = "big", ...rest } = configured.connection;
  if (settings !== undefined) throw invalid("connection.settings: are those of a chip; name it, or leave them out");
  if (address === undefined) throw addressMissing();
  if (address > 0x7f && !tenBit) {
    throw invalid(
      `connection.address: ${i2cAddressName(address)} has more than seven bits; set tenBit: true if that is meant`,
    );
  }
  const map: RegisterMap = {
    format: { bytes: registerBytes as 0 | 1 | 2, order: registerOrder },
    blockBytes: rest.blockBytes ?? 0,
    ...(rest.startUp && { startUp: rest.startUp }),
    ...(rest.startUpMs !== undefined && { startUpMs: rest.startUpMs }),
  };
  return mapPlan(configured, { address, map });
}

function mapPlan(
  { model, visitors }: Configured,
  { address, map }: { readonly address: number; readonly map: RegisterMap },
): Plan {
  const places = registerPlaces(model, visitors);
  // Compiled once here, so that codecs which cannot be are refused before the bus is opened.
  const untouched = undefined as never;
  registerDriver({ target: untouched, bare: untouched, clock: untouched }, map, places);
  return {
    address,
    channels: new Map([...places.keys()].map((name) => [name, name])),
    driver: (parts) => registerDriver(parts, map, places),
  };
}

function chipNamed(name: string): Chip {
  const found = chips.get(name.toLowerCase());
  if (found) return found;
  const known = [...chips.keys()];
  const hint = didYouMean(name, known) || `; known are ${known.join(", ")}; leave it out to describe registers`;
  throw invalid(`connection.chip: there is no chip ${JSON.stringify(name)}${hint}`);
}

function addressOf({ address, tenBit }: Connection, chip: Chip): number {
  const [first] = chip.addresses;
  if (tenBit) throw invalid(`connection.tenBit: the ${chip.name} has an address of seven bits`);
  if (address === undefined) return first as number;
  if (chip.addresses.includes(address)) return address;
  const possible = chip.addresses.map((one) => i2cAddressName(one)).join(", ");
  throw invalid(`connection.address: the ${chip.name} cannot have ${i2cAddressName(address)}; it can have ${possible}`);
}

const addressMissing = () => invalid("connection.address: is missing; expected the address of the chip, like 0x76");
const invalid = (message: string) => new MapperError("CONFIG_INVALID", message);
