import { gpio } from "@edgetwin/mapper-gpio";
import { defineModel, p } from "@edgetwin/mapper-sdk";
import { SimBoard, testMapperContract } from "@edgetwin/mapper-sdk/testing";

const model = defineModel("all-of-gpio", {
  lamp: p.oneOf(["OFF", "ON"], { access: "rw" }),
  relay: p.boolean({ access: "rw" }),
  bit: p.int({ access: "rw" }),
  fan: p.int({ access: "rw", unit: "%" }),
  dimmer: p.double({ access: "rw", unit: "%" }),
  flap: p.float({ access: "rw", unit: "deg" }),
  button: p.boolean(),
  door: p.string(),
  beam: p.int(),
});

const visitors = {
  lamp: { pin: 26 },
  relay: { pin: "GPIO19", activeLow: true },
  bit: { pin: "13" },
  fan: { pin: 18, direction: "pwm", frequencyHz: 25_000 },
  dimmer: { pin: 12, activeLow: true, initial: 10 },
  flap: { pin: 17, direction: "servo" },
  button: { pin: 5, pull: "up", activeLow: true },
  door: { pin: 6, off: "OPEN", on: "CLOSED" },
  beam: { pin: 22 },
};

const withVisitor = (name: keyof typeof visitors, visitor: unknown) => ({ visitors: { ...visitors, [name]: visitor } });

testMapperContract(gpio.serve(model), {
  board: (clock) => new SimBoard({ clock }),
  config: { visitors },
  badConfigs: [
    {},
    withVisitor("lamp", { pin: 40 }),
    withVisitor("lamp", { pin: 26, activelow: true }),
    withVisitor("lamp", { pin: 19 }),
    withVisitor("lamp", { pin: 26, direction: "in" }),
    withVisitor("relay", { pin: 19, direction: "pwm" }),
    withVisitor("button", { pin: 5, direction: "out" }),
    withVisitor("fan", { pin: 18, direction: "pwm", initial: 101 }),
    { visitors, connection: { numbering: "roman" } },
  ],
  writes: {
    lamp: ["ON", "OFF"],
    relay: [true, false],
    bit: [1, 0],
    fan: [100, 33, 0],
    dimmer: [12.345, 66.6666],
    flap: [0, 90, 180],
  },
  pushes: {
    button: [
      { change: (board) => board.line(5).drive(false), value: true },
      { change: (board) => board.line(5).drive(true), value: false },
    ],
    door: [
      { change: (board) => board.line(6).drive(true), value: "CLOSED" },
      { change: (board) => board.line(6).drive(false), value: "OPEN" },
    ],
    beam: [{ change: (board) => board.line(22).drive(true), value: 1 }],
  },
});
