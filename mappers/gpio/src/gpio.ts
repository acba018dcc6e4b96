import { defineProtocol, HalError, MapperError } from "@edgetwin/mapper-sdk";
import { type Channel, type ChannelOptions, openChannel } from "./channel.ts";
import { discoverLines, discoverOptions } from "./discover.ts";
import { connection, lineOf, pinOf, visitor } from "./visitor.ts";
import { wiringOf } from "./wiring.ts";

/** The open lines of a device, by property name. */
type Session = ReadonlyMap<string, Channel>;

/**
 * Serves any model whose properties are GPIO lines: levels as BOOLEAN, STRING (two words) or INT (0 and 1), PWM as percent,
 * servos as degrees. Inputs push their edges. Outputs come up at their last desired value, otherwise at the visitor's
 * `initial`, otherwise inactive, and keep their level when the device is closed.
 */
export const gpio = defineProtocol({
  protocol: "gpio",
  connection,
  visitor,

  discover: {
    description: "Lists the lines of the board and who holds them; claims none.",
    options: discoverOptions,
    find: discoverLines,
  },

  claims: ({ connection: shared, visitors }) =>
    Object.entries(visitors).map(([property, settings]) => ({ resource: lineOf(pinOf(settings, shared)), property })),

  narrow: (property, settings, name) => wiringOf(property, settings, name).property,

  async open({ board, scope, name: device, model, visitors, connection: shared, initial }): Promise<Session> {
    const planned = Object.entries(visitors).map(([name, settings]) => {
      const wiring = wiringOf(modelProperty(model, name), settings, name);
      const desired = initial[name];
      const value = desired === undefined ? wiring.decode(wiring.initial) : wiring.property.accept(desired);
      const consumer = `${device} ${name}`.trim();
      const pin = pinOf(settings, shared);
      return { name, options: { pin, consumer, visitor: settings, wiring, value, initial: wiring.encode(value) } };
    });
    checkPins((pin) => board.gpio.lineName(pin), planned);
    // Dark before lit: on the way up, no instant shows two outputs active that should exclude each other.
    planned.sort((a, b) => a.options.initial - b.options.initial);
    const session = new Map<string, Channel>();
    for (const { name, options } of planned) session.set(name, await openChannel(board, scope, options));
    return session;
  },

  read: ({ session, name }) => channel(session, name).read(),
  write: ({ session, name }, value) => channel(session, name).write(value),
  watch: ({ session, name, signal }) => channel(session, name).watch(signal),
});

interface Planned {
  readonly name: string;
  readonly options: ChannelOptions;
}

/** Every pin is looked up, and two properties on one line are refused, before the first line is claimed. */
function checkPins(lineName: (pin: string | number) => string, planned: readonly Planned[]): void {
  const users = new Map<string, string>();
  const problems: string[] = [];
  for (const { name, options } of planned) {
    try {
      const line = lineName(options.pin);
      const other = users.get(line);
      if (other !== undefined)
        problems.push(`visitors.${name}.pin: ${line} already belongs to ${other}; choose another`);
      users.set(line, other ?? name);
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      problems.push(`visitors.${name}.pin: ${error.message}`);
    }
  }
  if (problems.length > 0) throw new MapperError("CONFIG_INVALID", problems.join("\n"));
}

function modelProperty<P>(model: { readonly properties: Readonly<Record<string, P>> }, name: string): P {
  const found = model.properties[name];
  if (found === undefined) throw new TypeError(`${name} is no property of the model`);
  return found;
}

function channel(session: Session, name: string): Channel {
  const found = session.get(name);
  if (found === undefined) throw new TypeError(`${name} has no line`);
  return found;
}
