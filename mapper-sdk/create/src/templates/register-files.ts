import { modelDeclaration } from "@edgetwin/models";
import type { Design } from "../design.ts";
import { isMoving, movedValue } from "./moving.ts";
import { registerSamples, settingsCode } from "./register-codec.ts";

/** What differs between protocols whose mappers are a table of registers. */
export interface RegisterProtocol {
  /** What the mapper package exports, and the package. */
  readonly protocol: string;
  readonly from: string;
  /** The type of a row of the table, exported there too. */
  readonly row: string;
  /** Why the rows are as they are, for the author. */
  readonly advice: string;
  /** Where each property is, by name. */
  places(design: Design): Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** `configData` of the example device. */
  readonly connection: Readonly<Record<string, unknown>>;
  /** Connections that the mapper must refuse. */
  readonly badConnections: readonly Readonly<Record<string, unknown>>[];
  /** The memory of the device, and its import from the package's testing entry. */
  readonly memory: {
    readonly type: string;
    readonly noun: string;
    readonly imports: string;
    /** Statements that make it, as `device`. */
    made(design: Design): readonly string[];
  };
  /** The settings that the emulator needs, as a type and as names. */
  readonly address: { readonly type: string; readonly names: string };
  /** Code that puts `device` on `board` where these names say, and is the function that takes it off. */
  readonly attached: string;
  /** More settings of the contract test, a line each, and what they import from the testing entry. */
  readonly contract: readonly string[];
  readonly contractImports: string | undefined;
}

/** The mapper: its model, and the table. */
export function registerMapper(design: Design, protocol: RegisterProtocol): string {
  const { constant, model, properties } = design;
  const places = protocol.places(design);
  const rows = properties.map(({ key, name }) => `  ${key}: ${settingsCode(places[name] ?? {})},`);
  return `import { ${[protocol.protocol, `type ${protocol.row}`].sort().join(", ")} } from "${protocol.from}";
import { defineModel, type Names, p } from "@edgetwin/mapper-sdk";

/** What the device is: its properties, their types, and who may change them. */
${modelDeclaration(model, `${constant}Model`, { comments: false })}
/** ${protocol.advice} */
export const ${constant}Registers = {
${rows.join("\n")}
} as const satisfies Record<Names<typeof ${constant}Model>, ${protocol.row}>;

/** What the agent loads. The manifest of a device may say otherwise for single properties. */
export const ${constant} = ${protocol.protocol}.bind(${constant}Model, ${constant}Registers);
`;
}

/** The emulator: the same registers in a device made of memory, whose readings move by themselves. */
export function registerEmulator(design: Design, protocol: RegisterProtocol): string {
  const { name, constant, properties } = design;
  const { memory, address, attached } = protocol;
  const moves = properties.filter(isMoving);
  const registers = `${constant}Registers`;
  const initial = properties.map((one) => `  ${one.key}: ${registerSamples(one)[0]},`);
  const parameters = `{ board${moves.length > 0 ? ", clock" : ""}, connection: ${address.names} }`;
  return `import { ${memory.imports} } from "${protocol.from}/testing";
import type { Values } from "@edgetwin/mapper-sdk";
import { type EmulatorContext${moves.length > 0 ? ", repeat" : ""} } from "@edgetwin/mapper-sdk/simulation";
import { type ${constant}Model, ${registers} } from "./${name}.ts";

type Address = ${address.type};

/** What it says when it is switched on. */
const initial: Values<typeof ${constant}Model> = {
${initial.join("\n")}
};

/** A ${memory.noun} made of memory. Keep it as true to yours as you can. */
export function newDevice(): ${memory.type} {
${memory
  .made(design)
  .map((line) => `  ${line}\n`)
  .join("")}  for (const [name, value] of Object.entries(initial)) {
    device.hold(${registers}[name as keyof typeof ${registers}], value);
  }
  return device;
}

/** Puts it where the manifest of the example device says${moves.length > 0 ? ", and lets it change" : ""}; \`npm start\` calls this. */
export function startEmulator(${parameters}: EmulatorContext<Address>) {
  const device = newDevice();
${
  moves.length === 0
    ? `  return { [Symbol.dispose]: ${attached} };`
    : `  ${attached};
  let seconds = 0;
  return repeat(clock, 1000, () => {
    seconds++;
${moves.map((one) => `    device.hold(${registers}${one.member}, ${movedValue(one)});`).join("\n")}
  });`
}
}
`;
}

/** The contract test, with the emulator on the simulated board. */
export function registerTest(design: Design, protocol: RegisterProtocol): string {
  const { name, constant, properties } = design;
  const [first] = properties;
  const connection = settingsCode(protocol.connection);
  const writes = properties.flatMap((one) =>
    one.writable ? [`    ${one.key}: [${registerSamples(one).join(", ")}],`] : [],
  );
  const bad = protocol.badConnections.map((one) => `    { connection: ${settingsCode(one)} },`);
  const imports = protocol.contractImports;
  return `${imports === undefined ? "" : `import { ${imports} } from "${protocol.from}/testing";\n`}import { ManualClock, SimBoard, testMapperContract } from "@edgetwin/mapper-sdk/testing";
import { startEmulator } from "./emulator.ts";
import { ${constant} } from "./${name}.ts";

const connection = ${connection};

// What the agent relies on, whatever the device: errors, leaks, hanging hardware, callers that give up, …
testMapperContract(${constant}, {
  board: (clock) => {
    const board = new SimBoard({ clock });
    startEmulator({ board, clock: new ManualClock(), connection });
    return board;
  },
  config: { connection },
  badConfigs: [
    {},
${bad.join("\n")}
    { connection, visitors: { ${first?.key}: { type: "u99" } } },
  ],
${protocol.contract.map((line) => `  ${line}\n`).join("")}  writes: {${writes.length === 0 ? "" : `\n${writes.join("\n")}\n  `}},
});
`;
}
