import { defineModel, p } from "@edgetwin/mapper-sdk";
import { type ManualClock, SimBoard, testMapperContract } from "@edgetwin/mapper-sdk/testing";
import { bacnet } from "../src/index.ts";
import type { EmulatedDevice } from "../src/testing/index.ts";
import { EmulatedNode, fanCoil, MemoryNetwork, real, state, unsigned } from "../src/testing/index.ts";

const model = defineModel("fan-coil", {
  "room-temperature": p.float({ unit: "Cel" }),
  setpoint: p.float({ access: "rw", min: 10, max: 30 }),
  valve: p.int({ access: "rw", min: -1, max: 100 }),
  window: p.boolean(),
  fan: p.boolean({ access: "rw" }),
  mode: p.string({ access: "rw" }),
  filter: p.int(),
  "sensor-fault": p.boolean(),
  serial: p.string(),
});

const visitors = {
  "room-temperature": { object: "analog-input:1" },
  setpoint: { object: "AV:1", priority: 10 },
  valve: { object: "analog-output:1", relinquish: -1 },
  window: { object: "BI:1" },
  fan: { object: "binary-output:1" },
  mode: { object: "MSV:1", values: { OFF: 1, HEAT: 2, COOL: 3, AUTO: 4 } },
  filter: { object: "MSI:1" },
  "sensor-fault": { object: "AI:1", flag: "fault" },
  serial: { object: "device:1234", property: "object-name" },
} as const;
const connection = { device: 1234 };

const withVisitor = (name: keyof typeof visitors, settings: object) => ({
  connection,
  visitors: { ...visitors, [name]: settings },
});
const withConnection = (settings: object) => ({ connection: { ...connection, ...settings }, visitors });

const coils = new WeakMap<SimBoard, EmulatedDevice>();
const coil = (board: SimBoard): EmulatedDevice => coils.get(board) as EmulatedDevice;

const board = (clock: ManualClock): SimBoard => {
  const board = new SimBoard({ clock });
  const network = new MemoryNetwork();
  const device = fanCoil(1234, { clock });
  network.plug("10.0.0.34:47808", new EmulatedNode({ device }));
  network.attach(board);
  coils.set(board, device);
  return board;
};

const methods = {
  relinquish: { input: { property: "setpoint" }, badInputs: [{}, { property: "setpoints" }, { priority: 6 }] },
  readProperty: {
    input: { object: "AI:1", property: "units" },
    badInputs: [{}, { object: "AI" }, { object: "AI:1", property: "unit" }],
  },
};

testMapperContract(bacnet.serve(model), {
  board,
  config: { connection, visitors },
  badConfigs: [
    {},
    { visitors },
    withConnection({ device: 4_194_303 }),
    withConnection({ address: "fcu.local" }),
    withConnection({ address: "10.0.0.999" }),
    withConnection({ priority: 6 }),
    withConnection({ priority: 17 }),
    withConnection({ library: "bacnet" }),
    withConnection({ cov: "yes" }),
    withConnection({ mac: "0x" }),
    withVisitor("setpoint", {}),
    withVisitor("setpoint", { object: "analog-valve:1" }),
    withVisitor("setpoint", { object: "AI:1" }),
    withVisitor("setpoint", { object: "AV:1", priority: 6 }),
    withVisitor("setpoint", { object: "AV:1", property: "present-values" }),
    withVisitor("window", { object: "MSI:1" }),
    withVisitor("window", { object: "BI:1", relinquish: false }),
    withVisitor("mode", { object: "MSV:1" }),
    withVisitor("filter", { object: "MSI:1", flag: "fault" }),
    withVisitor("valve", { object: "AO:1", relinquish: "auto" }),
  ],
  methods,
  writes: {
    setpoint: [19, 22.5, 10],
    valve: [40, -1, 100],
    fan: [true, false],
    mode: ["HEAT", "OFF"],
  },
  pushes: {
    "room-temperature": [
      { change: (board) => coil(board).object("analog-input:1").become(real(22)), value: 22 },
      { change: (board) => coil(board).object("analog-input:1").become(real(18.5)), value: 18.5 },
    ],
    setpoint: [{ change: (board) => coil(board).object("analog-value:1").command(9, real(24)), value: 24 }],
    window: [{ change: (board) => coil(board).object("binary-input:1").become(state(true)), value: true }],
    fan: [{ change: (board) => coil(board).object("binary-output:1").command(5, state(true)), value: true }],
    mode: [{ change: (board) => coil(board).object("multi-state-value:1").command(5, unsigned(4)), value: "AUTO" }],
    filter: [{ change: (board) => coil(board).object("multi-state-input:1").become(unsigned(2)), value: 2 }],
    "sensor-fault": [{ change: (board) => coil(board).object("analog-input:1").flag("fault", true), value: true }],
  },
});

const { setpoint, "room-temperature": roomTemperature } = model.properties;

testMapperContract(
  bacnet.serve(defineModel("fan-coil-by-bacstack", { setpoint, "room-temperature": roomTemperature })),
  {
    board,
    config: {
      connection: { ...connection, library: "bacstack", cov: "unconfirmed" },
      visitors: { setpoint: visitors.setpoint, "room-temperature": visitors["room-temperature"] },
    },
    badConfigs: [{ connection: { ...connection, library: "bacstick" }, visitors }],
    methods,
    writes: { setpoint: [19, 22.5] },
    pushes: {
      setpoint: [{ change: (board) => coil(board).object("analog-value:1").command(9, real(24)), value: 24 }],
      "room-temperature": [{ change: (board) => coil(board).object("analog-input:1").become(real(22)), value: 22 }],
    },
  },
);
