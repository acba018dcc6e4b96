import type { Design } from "../design.ts";
import { CreateError } from "../errors.ts";
import { registerCodec } from "./register-codec.ts";
import { type RegisterProtocol, registerEmulator, registerMapper, registerTest } from "./register-files.ts";
import type { Template } from "./template.ts";

/** Registers that one byte can name. */
const registerCount = 256;

const registers: RegisterProtocol = {
  protocol: "i2c",
  from: "@edgetwin/mapper-i2c",
  row: "I2cRegister",
  advice: "Where each property is: take it from the data sheet, with the byte order, scale and bits that it says.",
  places: placesOf,
  connection: { bus: 1, address: "0x48" },
  badConnections: [{ bus: 1 }, { bus: 1, address: "0x148" }, { bus: 1, adress: "0x48" }],
  memory: {
    type: "RegisterChip",
    noun: "chip",
    imports: "RegisterChip",
    made: () => ["const device = new RegisterChip();"],
  },
  address: { type: "{ bus: number; address: string }", names: "{ bus, address }" },
  attached: "board.i2cBus(bus).attach(Number(address), device)",
  contract: [],
  contractImports: undefined,
};

/** Registers of a chip on an I2C bus, served by the I2C mapper: the new mapper is a table. */
export const i2c: Template = {
  protocol: "i2c",
  summary: "registers of a chip on an I2C bus",
  example: ["temperature:float:r:°C", "limit:float:rw:°C", "heater:boolean:rw"],
  dependencies: { "@edgetwin/mapper-i2c": "^0.1.0" },
  check: (design) => void placesOf(design),
  protocolName: () => "i2c",
  mapper: (design) => registerMapper(design, registers),
  emulator: (design) => registerEmulator(design, registers),
  test: (design) => registerTest(design, registers),
  connection: () => registers.connection,
  visitors: placesOf,
  wiring,
};

/** One behind the other, in the order of the model. */
function placesOf({ properties }: Design) {
  let next = 0;
  return Object.fromEntries(
    properties.map((designed) => {
      const { settings, bytes } = registerCodec(designed);
      const register = next;
      next += bytes;
      if (next <= registerCount) return [designed.name, { register, ...settings }];
      throw new CreateError(
        "PROTOCOL_INVALID",
        `i2c: ${designed.name} finds no register any more of ${registerCount}; leave some properties out, or choose --protocol custom`,
      );
    }),
  );
}

function wiring(design: Design): string {
  const places = placesOf(design);
  const rows = design.properties.map(({ name }) => {
    const { register, type } = places[name] as { register: number; type: string };
    return `| ${name} | 0x${register.toString(16).padStart(2, "0")} | ${type} |`;
  });
  return `| property | register | type |
|---|---|---|
${rows.join("\n")}

These are places to begin with: put those of the data sheet into \`${design.constant}Registers\`, with \`order\`, \`scale\`, \`bits\` and
\`values\` as it says. Bus and address of the chip are in the manifest, with \`startUp\` for what it wants to be told first.
\`edgetwin discover i2c --option bus=1\` shows who answers on a bus. Chips of 5 V need a level shifter.`;
}
