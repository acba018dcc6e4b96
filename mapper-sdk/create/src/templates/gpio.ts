import { modelDeclaration } from "@edgetwin/models";
import type { Design } from "../design.ts";
import { type Wire, wiresOf } from "./gpio-wiring.ts";
import type { Template } from "./template.ts";

/** Lines of the board, served by the GPIO mapper: the new mapper is a table. */
export const gpio: Template = {
  protocol: "gpio",
  summary: "lamps, relays, buttons, dimmed loads on lines of the board",
  example: ["lamp:OFF/ON:rw", "button:boolean:r"],
  dependencies: { "@edgetwin/mapper-gpio": "^0.1.0" },
  check: (design) => void wiresOf(design),
  protocolName: () => "gpio",
  mapper,
  emulator,
  test,
  connection: () => undefined,
  visitors: (design) => Object.fromEntries(wiresOf(design).map(({ designed, pin }) => [designed.name, { pin }])),
  wiring: (design) => {
    const rows = wiresOf(design).map(
      ({ designed, pin, direction }) => `| ${designed.name} | ${pin} | ${far[direction]} |`,
    );
    return `| property | line | at the other end |
|---|---|---|
${rows.join("\n")}

How the lines are wired is in \`src/${design.name}.ts\`; the manifest of a device may say otherwise for itself. A line drives 3.3 V and at
most 16 mA, and an input takes no more than 3.3 V.`;
  },
};

const far = {
  out: "LED with a resistor of 330 Ω to ground, or a relay board",
  pwm: "PWM input of a fan or a LED driver",
  in: "a contact to ground",
} as const;

function mapper(design: Design): string {
  const { constant, model } = design;
  const visitors = wiresOf(design).map((wire) => `  ${wire.designed.key}: ${settings(wire)},`);
  return `import { gpio } from "@edgetwin/mapper-gpio";
import { defineModel, p } from "@edgetwin/mapper-sdk";

/** What the device is: its properties, their types, and who may change them. */
${modelDeclaration(model, `${constant}Model`, { comments: false })}
/** What the agent loads: where each property is on the header. The manifest of a device may say otherwise. */
export const ${constant} = gpio.bind(${constant}Model, {
${visitors.join("\n")}
});
`;
}

function settings({ pin, direction, words, designed }: Wire): string {
  const [off, on] = words ?? ["OFF", "ON"];
  const parts = [
    `pin: "${pin}"`,
    ...(direction === "in" ? ['pull: "up"', "activeLow: true"] : []),
    ...(direction === "pwm" && designed.kind === "int" ? ['direction: "pwm"'] : []),
    ...(off === "OFF" && on === "ON" ? [] : [`off: ${JSON.stringify(off)}`, `on: ${JSON.stringify(on)}`]),
  ];
  return `{ ${parts.join(", ")} }`;
}

function emulator(design: Design): string | undefined {
  const inputs = wiresOf(design).filter(({ direction }) => direction === "in");
  if (inputs.length === 0) return undefined;
  return `import { type EmulatorContext, repeat } from "@edgetwin/mapper-sdk/simulation";

/** Lines whose contacts somebody opens and closes while you watch. */
const contacts = [${inputs.map(({ pin }) => `"${pin}"`).join(", ")}];

/** The other end of the wires: the contacts change in turn. \`npm start\` calls this. */
export function startEmulator({ board, clock }: EmulatorContext): Disposable {
  for (const contact of contacts) board.line(contact).drive(true);
  let turn = 0;
  return repeat(clock, 2000, () => {
    const line = board.line(contacts[turn++ % contacts.length] ?? "");
    line.drive(!line.high);
  });
}
`;
}

function test(design: Design): string {
  const { name, constant } = design;
  const wires = wiresOf(design);
  const [first] = wires;
  const writes = wires.flatMap((wire) =>
    wire.designed.writable ? [`    ${wire.designed.key}: [${writtenValues(wire).join(", ")}],`] : [],
  );
  const pushes = wires.flatMap((wire) => (wire.direction === "in" ? [push(wire)] : []));
  return `import { SimBoard, testMapperContract } from "@edgetwin/mapper-sdk/testing";
import { ${constant} } from "./${name}.ts";

// What the agent relies on, whatever the device: errors, leaks, hanging hardware, callers that give up, …
testMapperContract(${constant}, {
  board: (clock) => new SimBoard({ clock }),
  config: {},
  badConfigs: [
    { visitors: { ${first?.designed.key}: { pin: "GPIO99" } } },
    { visitors: { ${first?.designed.key}: { activelow: true } } },
  ],
  writes: {${writes.length === 0 ? "" : `\n${writes.join("\n")}\n  `}},
${pushes.length === 0 ? "" : `  // The contacts are closed to ground and opened again.\n  pushes: {\n${pushes.join("\n")}\n  },\n`}});
`;
}

function writtenValues({ designed, direction, words }: Wire): readonly string[] {
  if (words) return [words[1], words[0]].map((word) => JSON.stringify(word));
  if (designed.kind === "boolean") return ["true", "false"];
  if (direction === "out") return ["1", "0"];
  const { min, max } = designed.property;
  const [low, high] = [Math.max(0, Number(min ?? 0)), Math.min(100, Number(max ?? 100))];
  return [String(high), String(Math.floor((low + high) / 2)), String(low)];
}

function push({ designed, pin, words }: Wire): string {
  const [off, on] = words
    ? words.map((word) => JSON.stringify(word))
    : designed.kind === "int"
      ? ["0", "1"]
      : ["false", "true"];
  return `    ${designed.key}: [
      { change: (board) => board.line("${pin}").drive(false), value: ${on} },
      { change: (board) => board.line("${pin}").drive(true), value: ${off} },
    ],`;
}
