import { defineMapper, f, fields, type OutputLine } from "@edgetwin/mapper-sdk";
import { light } from "./devices.ts";

interface Lamps {
  readonly red: OutputLine;
  readonly green: OutputLine;
  level: bigint;
}

/** The dimmer shares its supply with the green lamp: without that line it does not answer. */
async function dimmer(session: Lamps): Promise<bigint> {
  await session.green.get();
  return session.level;
}

/** Two lamps on lines of the board, a dimmer kept in memory and a light meter that follows it. */
export const lampMapper = defineMapper({
  protocol: "lamps",
  model: light,
  visitor: fields({ pin: f.withDefault(f.int(), 0) }),
  async open({ board, visitors, scope, name, initial }): Promise<Lamps> {
    const claim = async (lamp: "red" | "green") =>
      scope.use(
        await board.gpio.output(visitors[lamp].pin, { consumer: `${name} ${lamp}`, initial: initial[lamp] === "ON" }),
      );
    return { red: await claim("red"), green: await claim("green"), level: 0n };
  },
  methods: (method) => ({
    flash: method({
      description: "Lights the red lamp for a moment.",
      input: fields({ times: f.withDefault(f.int({ min: 1, max: 3 }), 1) }),
      output: fields({ flashed: f.int() }),
      async run({ session: { red }, signal }, { times }) {
        for (let step = 0; step < 2 * times; step++) {
          signal.throwIfAborted();
          await red.set(step % 2 === 0);
        }
        return { flashed: times };
      },
    }),
  }),
  properties: {
    red: {
      read: async ({ session }) => ((await session.red.get()) ? "ON" : "OFF"),
      write: ({ session }, value) => session.red.set(value === "ON"),
    },
    green: {
      read: async ({ session }) => ((await session.green.get()) ? "ON" : "OFF"),
      write: ({ session }, value) => session.green.set(value === "ON"),
    },
    level: {
      read: ({ session }) => dimmer(session),
      write: ({ session }, value) => {
        session.level = value;
      },
    },
    lux: { read: async ({ session }) => Number(await dimmer(session)) / 2 },
  },
});
