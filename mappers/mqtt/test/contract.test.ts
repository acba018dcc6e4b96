import { defineModel, p } from "@edgetwin/mapper-sdk";
import { SimBoard, testMapperContract } from "@edgetwin/mapper-sdk/testing";
import { mqttOver } from "../src/index.ts";
import { loadLibrary } from "../src/link/client.ts";
import { EmulatedBroker, simulatedBroker } from "../src/testing/index.ts";

await loadLibrary(); // else the first test waits for it, and takes that for a stalled board

const model = defineModel("heater", {
  power: p.boolean({ access: "rw" }),
  setpoint: p.float({ access: "rw", min: 5, max: 30 }),
  mode: p.oneOf(["OFF", "ECO", "COMFORT"], { access: "rw" }),
  temperature: p.float(),
  energy: p.int64(),
  name: p.string(),
});

const visitors = {
  power: { state: "stat/heater/POWER", command: "cmnd/heater/POWER", values: { true: "ON", false: "OFF" } },
  setpoint: {
    state: "heater/state",
    path: "$.target",
    command: "heater/set",
    template: '{"target":{{ value }}}',
    scale: 0.1,
  },
  mode: { state: "heater/state", path: "$.mode", command: "heater/set", template: '{"mode":{{ value | json }}}' },
  temperature: { state: "heater/state", path: "$['air temperature']" },
  energy: { state: "heater/energy" },
  name: { state: "heater/name", request: { topic: "heater/name/get" } },
};
const connection = {
  url: "mqtt://broker",
  availability: { topic: "heater/status" },
};

function heater(): EmulatedBroker {
  const broker = new EmulatedBroker();
  const state = { target: 200, mode: "ECO", "air temperature": 19.5 };
  const tell = () => broker.publish("heater/state", state, { retain: true });
  broker.publish("heater/status", "online", { retain: true });
  broker.publish("stat/heater/POWER", "OFF", { retain: true });
  broker.publish("heater/energy", "9007199254740995", { retain: true });
  tell();
  broker.subscribe("cmnd/heater/POWER", (_, word) => broker.publish("stat/heater/POWER", word, { retain: true }));
  broker.subscribe("heater/set", (_, text) => {
    Object.assign(state, JSON.parse(text));
    tell();
  });
  broker.subscribe("heater/name/get", () => broker.publish("heater/name", "bathroom"));
  brokers.push(broker);
  return broker;
}
const brokers: EmulatedBroker[] = [];
const newest = () => brokers.at(-1) as EmulatedBroker;

const withVisitor = (name: keyof typeof visitors, settings: object) => ({
  connection,
  visitors: { ...visitors, [name]: settings },
});

testMapperContract(mqttOver(simulatedBroker(heater)).serve(model), {
  board: (clock) => new SimBoard({ clock }),
  config: { connection, visitors },
  badConfigs: [
    {},
    { visitors },
    { connection: { ...connection, url: "http://broker" }, visitors },
    { connection: { ...connection, url: "mqtt://user:secret@broker" }, visitors },
    { connection: { ...connection, password: "secret" }, visitors },
    { connection: { ...connection, availability: { topic: "a/#" } }, visitors },
    withVisitor("power", {}),
    withVisitor("power", { state: "a/+/b", command: "c" }),
    withVisitor("power", { state: "a" }),
    withVisitor("power", { state: "a", command: "c", values: { maybe: "ON" } }),
    withVisitor("temperature", { state: "a", path: "$.a.[" }),
    withVisitor("temperature", { command: "a" }),
    withVisitor("setpoint", { state: "a", command: "c", template: "no place" }),
    withVisitor("mode", { state: "a", command: "c", values: { OFF: 0, ECO: 1 } }),
    withVisitor("name", { state: "a", scale: 2 }),
  ],
  cleanup: /(PUBACK|UNSUBSCRIBE|DISCONNECT)$/,
  writes: { power: [true, false], setpoint: [5, 21.5, 30], mode: ["COMFORT", "OFF"] },
  methods: {
    request: {
      input: { topic: "heater/name/get", answerOn: "heater/name" },
      badInputs: [{}, { topic: "a/#", answerOn: "b" }],
    },
  },
  pushes: {
    power: [{ change: () => newest().publish("stat/heater/POWER", "ON"), value: true }],
    temperature: [
      { change: () => newest().publish("heater/state", { "air temperature": 18 }), value: 18 },
      { change: () => newest().publish("heater/state", { "air temperature": -2.5 }), value: -2.5 },
    ],
    setpoint: [{ change: () => newest().publish("heater/state", { target: 217 }), value: 21.7 }],
    mode: [{ change: () => newest().publish("heater/state", { mode: "OFF" }), value: "OFF" }],
    energy: [{ change: () => newest().publish("heater/energy", "-1"), value: -1n }],
  },
});
