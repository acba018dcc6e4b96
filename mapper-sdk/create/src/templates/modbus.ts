import type { Design } from "../design.ts";
import { CreateError } from "../errors.ts";
import { registerCodec } from "./register-codec.ts";
import { type RegisterProtocol, registerEmulator, registerMapper, registerTest } from "./register-files.ts";
import type { Template } from "./template.ts";

/** First of two holding registers of the emulator that no property has. */
const spare = 65_000;

const registers: RegisterProtocol = {
  protocol: "modbus",
  from: "@edgetwin/mapper-modbus",
  row: "ModbusRegister",
  advice:
    "Where each property is: take it from the data sheet. Each table begins at 0, which many call 1, 30001 or 40001.",
  places: placesOf,
  connection: { path: "/dev/ttyUSB0", baudRate: 9600, unit: 1 },
  badConnections: [
    { path: "/dev/ttyUSB0", unit: 0 },
    { path: "/dev/ttyUSB0", baud: 9600 },
  ],
  memory: {
    type: "ModbusUnit",
    noun: "unit",
    imports: "ModbusEmulator, ModbusUnit, modbusLine",
    made: ({ name }) => [
      `const device = new ModbusUnit({ identification: ["Maker", "${name}", "1.0"] });`,
      `device.holding.set(${spare}, 0, 0); // two that no property stands for, for methods`,
    ],
  },
  address: { type: "{ path: string; unit: number }", names: "{ path, unit }" },
  attached: "board.serialPort(path).attach(modbusLine(new ModbusEmulator({ [unit]: device })))",
  contract: [
    `methods: methodCases(${spare}),`,
    "cleanup: /drain/, // a request that is on the line cannot be taken back",
  ],
  contractImports: "methodCases",
};

/** Coils and registers of a Modbus unit, served by the Modbus mapper: the new mapper is a table. */
export const modbus: Template = {
  protocol: "modbus",
  summary: "coils and registers of a Modbus unit, on a serial line or over TCP",
  example: ["voltage:float:r:V", "setpoint:float:rw:°C", "relay:boolean:rw"],
  dependencies: { "@edgetwin/mapper-modbus": "^0.1.0" },
  check: (design) => void placesOf(design),
  protocolName: () => "modbus",
  mapper: (design) => registerMapper(design, registers),
  emulator: (design) => registerEmulator(design, registers),
  test: (design) => registerTest(design, registers),
  connection: () => registers.connection,
  visitors: placesOf,
  wiring,
};

/** Readings go to the tables that can only be read, in the order of the model. */
function placesOf({ properties }: Design) {
  const next = { coil: 0, discrete: 0, input: 0, holding: 0 };
  return Object.fromEntries(
    properties.map((designed) => {
      const isBit = designed.kind === "boolean";
      const table = isBit ? (designed.writable ? "coil" : "discrete") : designed.writable ? "holding" : "input";
      const { settings, bytes } = registerCodec(designed);
      const address = next[table];
      next[table] += isBit ? 1 : bytes / 2;
      if (next[table] > spare)
        throw new CreateError("PROTOCOL_INVALID", `modbus: ${designed.name} finds no address any more`);
      return [designed.name, { table, address, ...(isBit ? {} : settings) }];
    }),
  );
}

function wiring(design: Design): string {
  const places = placesOf(design);
  const rows = design.properties.map(({ name }) => {
    const { table, address, type = "" } = places[name] as { table: string; address: number; type?: string };
    return `| ${name} | ${table} | ${address} | ${type} |`;
  });
  return `| property | table | address | type |
|---|---|---|---|
${rows.join("\n")}

These are places to begin with: put those of the data sheet into \`${design.constant}Registers\`, with \`order\`, \`scale\`, \`bits\` and
\`values\` as it says. \`path\`, \`baudRate\`, \`parity\` and \`unit\` of the line are in the manifest; a device or gateway on the
network has \`host\` instead of \`path\`. Name a USB adapter by \`/dev/serial/by-id/…\`.`;
}
