import { i2c } from "@edgetwin/mapper-i2c";
import { attachChip, type SimChipName } from "@edgetwin/mapper-i2c/testing";
import { type DeviceConfig, defineModel, p } from "@edgetwin/mapper-sdk";
import { SimBoard, testMapperContract } from "@edgetwin/mapper-sdk/testing";
import { chipFixture } from "./chip-fixture.ts";

const wrong = (config: DeviceConfig, connection: object): DeviceConfig => ({
  ...config,
  connection: { ...(config.connection as object), ...connection },
});

interface Subject {
  readonly name: SimChipName;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly only?: readonly string[];
  readonly writes?: Readonly<Record<string, readonly unknown[]>>;
}

const subjects: readonly Subject[] = [
  { name: "ads1115", only: ["ain0", "ain3", "ain0-ain1"] },
  { name: "bme280" },
  { name: "ds3231", writes: { time: ["2026-11-21T10:00:00Z", "2104-02-29T23:59:59Z"] } },
  { name: "ina219" },
  {
    name: "mcp23017",
    settings: { outputs: ["A0", "B7"], activeLow: ["B7", "A1"] },
    only: ["A0", "A1", "B7"],
    writes: { A0: [true, false], B7: [true, false] },
  },
  {
    name: "pca9685",
    only: ["pwm0", "pulse15"],
    settings: { frequencyHz: 50 },
    writes: { pwm0: [0, 33.25, 100], pulse15: [1000, 1500] },
  },
  { name: "sht31", writes: { heater: [true, false] } },
  {
    name: "ssd1306",
    settings: { height: 32 },
    only: ["line0", "contrast", "power"],
    writes: { line0: ["21.5 °C", "no value"], contrast: [0, 255], power: [false, true] },
  },
  { name: "tmp102", writes: { low: [-25, 75.0625], high: [80, 0.25] } },
];

for (const { name, settings, only, writes = {} } of subjects) {
  const { model, config } = chipFixture(name, { ...(settings && { settings }), ...(only && { only }) });
  testMapperContract(i2c.serve(model), {
    board: (clock) => {
      const board = new SimBoard({ clock });
      attachChip(board, name, { clock });
      return board;
    },
    config,
    badConfigs: [
      wrong(config, { chip: `${name}x` }),
      wrong(config, { address: 0x03 }),
      wrong(config, { settings: { nonsense: 1 } }),
      wrong(config, { bus: "GPIO2" }),
      wrong(config, { tenBit: true }),
      wrong(config, { registerBytes: 2 }),
      {
        ...config,
        visitors: { ...config.visitors, [Object.keys(model.properties)[0] as string]: { channel: "humidty" } },
      },
      {
        ...config,
        visitors: { ...config.visitors, [Object.keys(model.properties)[0] as string]: { register: 0, type: "u16" } },
      },
    ],
    writes: writes as never,
  });
}

const memory = defineModel("memory", {
  serial: p.string({ access: "rw" }),
  counter: p.int({ min: 0, max: 65535, access: "rw" }),
  flag: p.boolean({ access: "rw" }),
});
const cells = {
  serial: { register: 4, type: "string", length: 12 },
  counter: { register: 16, type: "u16" },
  flag: { register: 18, type: "u8", bits: { at: 3 } },
};

testMapperContract(i2c.serve(memory), {
  board: (clock) => {
    const board = new SimBoard({ clock });
    attachChip(board, "at24c", { clock }).chip.memory.fill(0);
    return board;
  },
  config: { connection: { chip: "at24c", settings: { size: "AT24C02" } }, visitors: cells },
  badConfigs: [
    { connection: { chip: "at24c", settings: { size: "24c03" } }, visitors: cells },
    { connection: { chip: "at24c" }, visitors: { ...cells, flag: { channel: "flag" } } },
    { connection: { chip: "at24c" }, visitors: { ...cells, flag: { register: 1, type: "u8", bits: { at: 8 } } } },
    { connection: {}, visitors: cells },
    { connection: { address: 0x150 }, visitors: cells },
  ],
  writes: { serial: ["across pages", "short"], counter: [0, 513], flag: [true, false] },
});
