import { didYouMean, MapperError, type Model, type Property } from "@edgetwin/mapper-sdk";
import type { CodecSpec } from "@edgetwin/mapper-sdk/codecs";
import type { Visitor } from "./connection.ts";
import type { RegisterPlace } from "./registers/register-driver.ts";

const noCodec = new Set(["channel", "register", "crc"]);

/**
 * The registers of a device's properties, by property name.
 * @throws MapperError `CONFIG_INVALID` naming every visitor that is none of a register.
 */
export function registerPlaces(
  model: Model,
  visitors: Readonly<Record<string, Visitor>>,
): ReadonlyMap<string, RegisterPlace> {
  const problems: string[] = [];
  const places = new Map<string, RegisterPlace>();
  for (const [name, visitor] of Object.entries(visitors)) {
    const codec = Object.fromEntries(Object.entries(visitor).filter(([setting]) => !noCodec.has(setting)));
    if (visitor.channel !== undefined)
      problems.push(
        `visitors.${name}.channel: registers have no channels; name a chip in the connection, or a register here`,
      );
    else if (visitor.type === undefined)
      problems.push(`visitors.${name}.type: is missing; expected the type of the register's value, such as u16`);
    else {
      const property = propertyOf(model, name);
      places.set(name, {
        register: visitor.register,
        crc: visitor.crc,
        codec: codec as unknown as CodecSpec,
        property,
      });
    }
  }
  if (problems.length > 0) throw new MapperError("CONFIG_INVALID", problems.join("\n"));
  return places;
}

/** What a channel of a chip looks like from outside. */
export interface ChannelSource {
  readonly chip: string;
  readonly channels: Readonly<Record<string, Property>>;
}

/**
 * The channel of each property, by property name.
 * @throws MapperError `CONFIG_INVALID` naming every visitor and property that do not fit the chip.
 */
export function channelPlaces(
  model: Model,
  visitors: Readonly<Record<string, Visitor>>,
  { chip, channels }: ChannelSource,
): ReadonlyMap<string, string> {
  const problems: string[] = [];
  const places = new Map<string, string>();
  for (const [name, visitor] of Object.entries(visitors)) {
    const channel = visitor.channel ?? name;
    const found = Object.hasOwn(channels, channel) ? channels[channel] : undefined;
    const stray = Object.keys(visitor).find((setting) => setting !== "channel");
    if (stray !== undefined) problems.push(`visitors.${name}.${stray}: is for registers; the ${chip} has channels`);
    else if (!found) {
      const known = Object.keys(channels);
      problems.push(
        `visitors.${name}.channel: the ${chip} has no channel ${JSON.stringify(channel)}${didYouMean(channel, known) || `; it has ${known.join(", ")}`}`,
      );
    } else {
      const problem = misfit(propertyOf(model, name), found);
      if (problem) problems.push(`visitors.${name}.channel: ${channel} of the ${chip} ${problem}`);
      else places.set(name, channel);
    }
  }
  if (problems.length > 0) throw new MapperError("CONFIG_INVALID", problems.join("\n"));
  return places;
}

const numeric = new Set(["INT", "FLOAT", "DOUBLE"]);

/** Why a property cannot hold a channel. */
function misfit(property: Property, channel: Property): string | undefined {
  const sameType = property.type === channel.type;
  const wider = numeric.has(property.type) && numeric.has(channel.type) && property.type !== "INT";
  if (!sameType && !wider) return `is ${channel.type}, which a property of type ${property.type} cannot hold`;
  if (property.access === "rw" && channel.access === "r") return "can only be read; declare the property ReadOnly";
  return undefined;
}

function propertyOf(model: Model, name: string): Property {
  const found = model.properties[name];
  if (found === undefined) throw new TypeError(`${name} is no property of the model`);
  return found;
}
