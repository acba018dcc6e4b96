import { defineProtocol, i2cTarget } from "@edgetwin/mapper-sdk";
import { connection, visitor } from "./connection.ts";
import { DeviceSession } from "./device-session.ts";
import { discoverChips, discoverOptions } from "./discover.ts";
import { placeFrom, placeOf, planOf } from "./plan.ts";
import { steadyBus } from "./steady-bus.ts";

/**
 * Serves any model whose properties are channels of a known chip (`chip: bme280`) or registers of any other one. A chip that
 * did not answer is set up again before its next use, so that one which lost its power works as soon as it is back.
 */
export const i2c = defineProtocol({
  protocol: "i2c",
  connection,
  visitor,
  bus: ({ bus }) => bus,
  claims: ({ connection }) => [{ resource: placeFrom(connection), as: connection.chip ?? "registers" }],
  discover: {
    description: "asks every address of a bus for a chip, and each chip what it is; changes nothing on them",
    options: discoverOptions,
    bus: ({ bus }) => bus,
    addressOf: placeOf,
    find: discoverChips,
  },

  async open({ board, clock, connection, initial, model, name, scope, signal, visitors }) {
    const plan = planOf({ model, connection, visitors });
    const bus = scope.use(await board.i2c.open(connection.bus, { consumer: name }));
    const width = { tenBit: connection.tenBit };
    const driver = plan.driver({
      target: i2cTarget(steadyBus(bus, clock), plan.address, width),
      bare: i2cTarget(bus, plan.address, width),
      clock,
      initial: byChannel(plan.channels, initial, model),
    });
    const session = new DeviceSession(driver, plan.channels);
    await session.ready(signal);
    return session;
  },

  read: async ({ session, name, signal }) => {
    const value = (await session.read([name], signal))[name];
    if (value instanceof Error) throw value;
    return value;
  },
  readMany: ({ session, wanted, signal }) =>
    session.read(
      wanted.map(({ name }) => name),
      signal,
    ),
  write: ({ session, name, signal }, value) => session.write(name, value, signal),
});

/** The twin's values as the driver takes them, by channel. */
function byChannel(
  channels: ReadonlyMap<string, string>,
  initial: Readonly<Record<string, unknown>>,
  {
    properties,
  }: { readonly properties: Readonly<Record<string, { accept(value: unknown): unknown; readonly access: string }>> },
): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [name, channel] of channels) {
    const property = properties[name];
    if (property?.access === "rw" && initial[name] !== undefined) values[channel] = property.accept(initial[name]);
  }
  return values;
}
