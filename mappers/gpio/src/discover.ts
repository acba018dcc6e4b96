import {
  type DiscoverContext,
  type Discovered,
  defineModel,
  f,
  fields,
  type GpioLine,
  MapperError,
  p,
} from "@edgetwin/mapper-sdk";

/** What to propose devices for. */
export const discoverOptions = fields({
  /** Lines separated by commas; without them every line is shown and nothing proposed. */
  pins: f.optional(
    f.custom<string>("pins separated by commas", (raw) => (typeof raw === "string" && raw !== "" ? raw : undefined)),
  ),
  as: f.withDefault(f.oneOf(["input", "output"]), "input"),
});

type Options = NonNullable<(typeof discoverOptions)["~standard"]["types"]>["output"];

const models = {
  input: defineModel("gpio-input", { active: p.boolean({ description: "whether the line is active" }) }),
  output: defineModel("gpio-output", {
    active: p.boolean({ access: "rw", description: "whether the line is driven active" }),
  }),
};

/**
 * Lists the lines of the board with who holds them, and proposes a device for each of the chosen ones that is free. It
 * claims no line: what is connected to a pin, nobody can see from here, so an input is proposed unless an output is wanted.
 */
export async function* discoverLines({ board, options, signal }: DiscoverContext<Options>): AsyncGenerator<Discovered> {
  const { gpio } = board;
  const chosen = (options.pins ?? "")
    .split(",")
    .flatMap((pin) => (pin.trim() === "" ? [] : [gpio.lineName(pin.trim())]));
  if (!gpio.lines) throw new MapperError("CONFIG_INVALID", `${board.name} cannot tell who holds its lines`);
  for (const line of await gpio.lines()) {
    if (signal.aborted) return;
    if (chosen.length === 0 || chosen.includes(line.name))
      yield findingOf(line, chosen.length > 0 ? options.as : undefined);
  }
}

function findingOf(line: GpioLine, as: Options["as"] | undefined): Discovered {
  const { name, pin, labels, holder } = line;
  const place = pin === undefined ? name : `${name} on header pin ${pin}`;
  const facts = { ...(pin !== undefined && { pin }), ...(labels.length > 0 && { labels: labels.join(" ") }) };
  if (holder !== undefined) {
    const description = `${place} is held by ${holder}`;
    return { name, description, confidence: 1, facts: { ...facts, state: "used", holder } };
  }
  const free = { name, confidence: 1, facts: { ...facts, state: "free" } };
  if (as === undefined) return { ...free, description: `${place} is free` };
  const visitors = { active: { pin: name, direction: as === "input" ? "in" : "out" } };
  return { ...free, description: `${place} is free; as an ${as}`, model: models[as], visitors };
}
