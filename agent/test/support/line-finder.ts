import { type Discovered, defineModel, defineProtocol, f, fields, p } from "@edgetwin/mapper-sdk";

const model = defineModel("switch", { active: p.boolean({ access: "rw" }) });

/** A protocol that finds the lines of the board and proposes a switch for each of the chosen ones that is free. */
export const lineFinder = defineProtocol({
  protocol: "lines",
  visitor: fields({ pin: f.string() }),
  open: () => null,
  read: () => false,
  write() {},
  discover: {
    description: "Lists the lines of the board.",
    options: fields({
      pins: f.optional(f.string()),
      as: f.withDefault(f.oneOf(["switch", "nothing", "nonsense"]), "nothing"),
    }),
    async *find({ board, options: { pins, as } }): AsyncGenerator<Discovered> {
      const chosen = pins?.split(",").map((pin) => board.gpio.lineName(pin));
      for (const { name, holder } of (await board.gpio.lines?.()) ?? []) {
        if (chosen && !chosen.includes(name)) continue;
        const found = { name, confidence: 1, description: `${name} is ${holder ? `held by ${holder}` : "free"}` };
        const facts = { state: holder === undefined ? "free" : "used" };
        if (as === "nothing" || holder !== undefined) yield { ...found, facts };
        else if (as === "nonsense") yield { ...found, model: {} as typeof model };
        else yield { ...found, facts, model, visitors: { active: { pin: name } } };
      }
    },
  },
});
