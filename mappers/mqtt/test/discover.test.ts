import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Device, Discovered, Discoverer, Model } from "@edgetwin/mapper-sdk";
import { ManualClock, SimBoard } from "@edgetwin/mapper-sdk/testing";
import { mqttOver } from "../src/index.ts";
import { loadLibrary } from "../src/link/client.ts";
import {
  EmulatedBroker,
  esphomeLight,
  shellyFirst,
  shellyPlus,
  simulatedBroker,
  tasmotaPlug,
} from "../src/testing/index.ts";

await loadLibrary();

/** What is found on a broker, and how the proposal opens. */
async function look(broker: EmulatedBroker, more: object = {}) {
  const clock = new ManualClock();
  const board = new SimBoard({ clock });
  const mqtt = mqttOver(simulatedBroker(() => broker));
  const found: Discovered[] = [];
  const looking = async () => {
    const world = { board, clock, signal: new AbortController().signal };
    const { find } = mqtt.discover as Discoverer;
    for await (const one of find({ url: "mqtt://broker", ...more }, world)) found.push(one);
  };
  await clock.runUntil(looking());
  assert.deepEqual(board.held(), []);
  const open = async (name: string): Promise<Device<Model>> => {
    const { model, connection, visitors = {} } = found.find((one) => one.name === name) ?? assert.fail(`no ${name}`);
    return await clock.runUntil(mqtt.serve(model as Model).open({ connection, visitors }, { board, clock }));
  };
  return { found, open, clock };
}

describe("a device that is found opens as proposed, and does what it is told:", () => {
  test("a plug with Tasmota", async () => {
    const broker = new EmulatedBroker();
    const plug = tasmotaPlug(broker);
    const { found, open, clock } = await look(broker);
    assert.deepEqual(
      found.map(({ name, facts }) => [name, facts?.product]),
      [["kitchen-plug", "Sonoff S31"]],
    );
    await using device = await open("kitchen-plug");
    assert.equal(await clock.runUntil(device.read("power")), false);
    await clock.runUntil(device.write("power", true));
    assert.deepEqual([plug.isOn, await clock.runUntil(device.read("energy-power"))], [true, 42]);
    plug.press();
    await clock.advance(0);
    assert.equal(await clock.runUntil(device.read("power")), false);
    plug.leave();
    await clock.advance(0);
    await assert.rejects(device.read("power"), { message: "tele/plug/LWT says Offline" });
  });

  test("a light with ESPHome", async () => {
    const broker = new EmulatedBroker();
    const light = esphomeLight(broker);
    const { found, open, clock } = await look(broker);
    assert.deepEqual(
      found.map(({ name, facts }) => [name, facts?.vendor]),
      [["desk-light", "Espressif"]],
    );
    await using device = await open("desk-light");
    await clock.runUntil(device.write("lamp", true));
    await clock.runUntil(device.write("lamp-brightness", 200));
    assert.deepEqual([light.isOn, light.brightness], [true, 200]);
    assert.equal(await clock.runUntil(device.read("wifi-signal")), -61);
  });

  test("a Shelly of the second generation", async () => {
    const broker = new EmulatedBroker();
    const shelly = shellyPlus(broker);
    const { open, clock } = await look(broker);
    await using device = await open("shellyplus1pm-a8032abc");
    await clock.runUntil(device.write("switch-0", true));
    assert.deepEqual([shelly.isOn, await clock.runUntil(device.read("apower-0"))], [true, 18.2]);
  });

  test("a Shelly of the first generation", async () => {
    const broker = new EmulatedBroker();
    const shelly = shellyFirst(broker);
    const { open, clock } = await look(broker);
    await using device = await open("shelly1pm-b929cc");
    await clock.runUntil(device.write("relay-0", true));
    assert.deepEqual([shelly.isOn, await clock.runUntil(device.read("power-0"))], [true, 40.5]);
  });
});

test("a device that announces itself as a whole is one, with shared settings and its availability in JSON", async () => {
  const broker = new EmulatedBroker();
  const components = {
    relay: {
      p: "switch",
      name: "Relay",
      cmd_t: "~/set",
      stat_t: "~/state",
      val_tpl: "{{ value_json.relay }}",
      stat_on: "1",
      stat_off: "0",
    },
    level: {
      p: "number",
      name: "Level",
      cmd_t: "~/level",
      cmd_tpl: '{"level": {{ value }}}',
      stat_t: "~/state",
      val_tpl: "{{ value_json['level'] | int }}",
      min: 0,
      max: 10,
      unit_of_meas: "cm",
    },
    odd: { p: "sensor", name: "Odd", stat_t: "~/state", val_tpl: "{{ value_json.level * 2 }}" },
    scene: { p: "vacuum", name: "Vacuum", cmd_t: "~/vacuum" },
  };
  const dev = { ids: ["x1"], name: "Tank", mf: "Acme" };
  const avty = [{ t: "~/alive", val_tpl: "{{ value_json.state }}", pl_avail: "up", pl_not_avail: "down" }];
  broker.publish(
    "homeassistant/device/tank/config",
    { "~": "plant/tank", dev, o: { name: "tank" }, avty, cmps: components },
    { retain: true },
  );
  broker.publish("plant/tank/alive", { state: "up" }, { retain: true });
  broker.publish("plant/tank/state", { relay: 0, level: 7 }, { retain: true });
  broker.subscribe("plant/tank/set", (_, word) => broker.publish("plant/tank/state", { relay: word === "ON" ? 1 : 0 }));
  const { found, open, clock } = await look(broker);
  assert.deepEqual(
    found.map(({ name, facts }) => [name, facts?.skipped]),
    [["tank", "sensor Odd: its templates compute, or it has no topic; vacuum Vacuum: there is no property for vacuum"]],
  );
  await using device = await open("tank");
  assert.deepEqual([await device.read("relay"), await device.read("level")], [false, 7]);
  await clock.runUntil(device.write("relay", true));
  assert.deepEqual(broker.heard.at(-1), { topic: "plant/tank/set", payload: "ON" });
});

test("what is no announcement is passed over, and another prefix is looked under", async () => {
  const broker = new EmulatedBroker();
  esphomeLight(broker);
  broker.publish("homeassistant/switch/broken/config", "{", { retain: true });
  broker.publish("homeassistant/switch/list/config", "[]", { retain: true });
  broker.publish("homeassistant/device/none/config", { cmps: 5 }, { retain: true });
  broker.publish("tasmota/discovery/AA/config", { t: 5 }, { retain: true });
  broker.publish("shellies/announce", "nobody", { retain: true });
  assert.deepEqual(
    (await look(broker)).found.map(({ name }) => name),
    ["desk-light"],
  );
  assert.deepEqual((await look(broker, { prefix: "ha" })).found, []);
});
