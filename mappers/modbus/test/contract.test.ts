import { defineModel, p } from "@edgetwin/mapper-sdk";
import { SimBoard, testMapperContract } from "@edgetwin/mapper-sdk/testing";
import { modbus } from "../src/index.ts";
import { ModbusEmulator, ModbusUnit, methodCases, modbusLine } from "../src/testing/index.ts";

const model = defineModel("cabinet", {
  voltage: p.float({ unit: "V" }),
  energy: p.int64({ unit: "Wh" }),
  setpoint: p.float({ access: "rw", min: 5, max: 30 }),
  mode: p.string({ access: "rw" }),
  alarm: p.boolean({ access: "rw" }),
  fan: p.boolean({ access: "rw" }),
  door: p.boolean(),
  serial: p.string(),
});

const path = "/dev/ttyUSB0";
const visitors = {
  voltage: { table: "input", address: 0, type: "f32" },
  energy: { table: "input", address: 2, type: "u64" },
  setpoint: { table: "holding", address: 0, type: "i16", scale: 0.1 },
  mode: { table: "holding", address: 1, type: "u16", values: { OFF: 0, AUTO: 1 } },
  alarm: { table: "holding", address: 2, type: "u16", bits: { at: 3 } },
  fan: { table: "coil", address: 0 },
  door: { table: "discrete", address: 7 },
  serial: { table: "holding", address: 10, type: "string", length: 6 },
} as const;
const connection = { path, baudRate: 19_200, parity: "even", unit: 3 };

const withVisitor = (name: keyof typeof visitors, settings: object) => ({
  connection,
  visitors: { ...visitors, [name]: settings },
});

function unit(): ModbusUnit {
  const unit = new ModbusUnit({ identification: ["Edgetwin", "cabinet", "1.0"] });
  unit.input.set(0, 0x4366, 0x8000, 0, 0, 1, 0xe240);
  unit.holding.set(0, 215, 1, 0xff00).set(10, 0x4142, 0x3132, 0);
  unit.coil.set(0, 0);
  unit.discrete.set(7, 1);
  return unit;
}

testMapperContract(modbus.serve(model), {
  board(clock) {
    const board = new SimBoard({ clock });
    const settings = { baudRate: 19_200, parity: "even" } as const;
    board.serialPort(path).attach(modbusLine(new ModbusEmulator({ 3: unit() }), settings));
    return board;
  },
  config: { connection, visitors },
  badConfigs: [
    {},
    { visitors },
    { connection: { ...connection, path: undefined }, visitors },
    { connection: { ...connection, host: "10.0.0.5" }, visitors },
    { connection: { ...connection, unit: 0 }, visitors },
    { connection: { ...connection, baud: 9600 }, visitors },
    { connection: { ...connection, framing: "tcp" }, visitors },
    withVisitor("voltage", {}),
    withVisitor("voltage", { table: "inputs", address: 0, type: "f32" }),
    withVisitor("voltage", { table: "input", address: 65_535, type: "f32" }),
    withVisitor("voltage", { table: "input", address: 0, type: "u8" }),
    withVisitor("voltage", { table: "input", address: 0 }),
    withVisitor("setpoint", { table: "input", address: 0, type: "i16" }),
    withVisitor("door", { table: "discrete", address: 7, type: "u16" }),
    withVisitor("energy", { table: "input", address: 2, type: "f32" }),
  ],
  // A request that is on the line cannot be taken back.
  cleanup: /^\/dev\/ttyUSB0 drain/,
  methods: methodCases(10),
  writes: {
    setpoint: [5, 21.5, 30],
    mode: ["OFF", "AUTO"],
    alarm: [true, false],
    fan: [true, false],
  },
});
