import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Credential,
  type Device,
  type Discovered,
  type Discoverer,
  defineModel,
  type Model,
  p,
  Scope,
  systemClock,
} from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/testing";
import { mqtt } from "../../src/index.ts";
import { esphomeLight, shellyFirst, shellyPlus, tasmotaPlug } from "../../src/testing/index.ts";
import { eventually, Mosquitto } from "./mosquitto.ts";

const edge: Credential = { username: "edge", secret: "right" };

/** The mapper around a mosquitto, with what it knows of itself. */
async function bench(scope: Scope, known: Credential | ((broker: Mosquitto) => Promise<Credential>) = edge) {
  const broker = scope.use(await Mosquitto.open());
  const credential = typeof known === "function" ? await known(broker) : known;
  const world = { board: new SimBoard({ clock: systemClock }), clock: systemClock, credential: () => credential };
  const open = async <M extends Model>(model: M, connection: object, visitors: object): Promise<Device<M>> =>
    scope.use(
      await mqtt
        .serve(model)
        .open({ connection: { credential: "edge", ...connection }, visitors: { ...visitors } }, world),
    );
  return { broker, world, open };
}

const lamp = defineModel("lamp", { power: p.boolean({ access: "rw" }) });
const lampAt = (name: string) => ({
  power: { state: `${name}/state`, command: `${name}/set`, values: { true: "ON", false: "OFF" }, confirmMs: 500 },
});

test("devices that are found on a mosquitto open as proposed, and do what they are told", async () => {
  await using scope = new Scope();
  const { broker, world, open } = await bench(scope);
  const devices = await Promise.all([broker.device(), broker.device(), broker.device(), broker.device()]);
  for (const device of devices) scope.use(device);
  const [one, two, three, four] = devices;
  const emulated = {
    "kitchen-plug": tasmotaPlug(one),
    "desk-light": esphomeLight(two),
    "shellyplus1pm-a8032abc": shellyPlus(three),
    "shelly1pm-b929cc": shellyFirst(four),
  };
  const search = async () => {
    const found: Discovered[] = [];
    const { find } = mqtt.discover as Discoverer;
    const { signal } = new AbortController();
    for await (const each of find({ url: broker.url, credential: "edge", waitMs: 300 }, { ...world, signal }))
      found.push(each);
    const names = found.flatMap(({ name, model }) => (model ? [name] : []));
    assert.deepEqual(names.toSorted(), Object.keys(emulated).toSorted());
    return found;
  };
  for (const { name, model, connection, visitors } of await eventually(search)) {
    const device = await open(model as Model, connection ?? {}, visitors ?? {});
    const [power] =
      Object.entries(device.model.properties).find(([, { type, access }]) => type === "BOOLEAN" && access === "rw") ??
      [];
    await device.write(power as string, true as never);
    assert.equal(emulated[name as keyof typeof emulated].isOn, true, name);
  }
});

test("TLS with a certificate of our own is used, and an authority that did not sign the broker's is not believed", async () => {
  await using scope = new Scope();
  const certified = async (broker: Mosquitto) => ({ ...edge, ...(await broker.certificates()) });
  const { broker, world, open } = await bench(scope, certified);
  const device = scope.use(await broker.device());
  device.publish("lamp/state", "OFF", { retain: true });
  device.subscribe("lamp/set", (_, word) => device.publish("lamp/state", word, { retain: true }));
  const url = `mqtts://127.0.0.1:${broker.tlsPort}`;
  const opened = await eventually(() => open(lamp, { url, timeoutMs: 2000 }, lampAt("lamp")));
  await opened.write("power", true);
  assert.equal(await opened.read("power"), true);
  const stranger = { ...world, board: new SimBoard({ clock: systemClock }), credential: () => edge };
  const refused = mqtt
    .serve(lamp)
    .open({ connection: { url, credential: "edge", timeoutMs: 500 }, visitors: lampAt("lamp") }, stranger);
  await assert.rejects(refused, { code: "DEVICE_IO", message: /certificate/ });
});

test("what access control forbids without a word is not believed", async () => {
  await using scope = new Scope();
  const { broker, open } = await bench(scope);
  const device = scope.use(await broker.device());
  device.publish("locked/state", "OFF", { retain: true });
  const opened = await eventually(() => open(lamp, { url: broker.url }, lampAt("locked")));
  assert.equal(await opened.read("power"), false);
  device.subscribe("locked/set", (_, word) => device.publish("locked/state", word, { retain: true }));
  await assert.rejects(opened.write("power", true), {
    message: "wrote true to locked/set, but locked/state says false after 500 ms",
  });
});

test("a wrong password is told with the credential", async () => {
  await using scope = new Scope();
  const { broker, open } = await bench(scope, { username: "edge", secret: "guess" });
  await assert.rejects(
    open(lamp, { url: broker.url, timeoutMs: 500 }, lampAt("lamp")),
    /look at the credential "edge"/,
  );
});

test("a mosquitto that restarts ends the device, keeps what is retained, and the next session drives it", async () => {
  await using scope = new Scope();
  const { broker, open } = await bench(scope);
  const device = scope.use(await broker.device());
  device.publish("lamp/state", "ON", { retain: true });
  const opened = await eventually(() => open(lamp, { url: broker.url }, lampAt("lamp")));
  assert.equal(await opened.read("power"), true);
  const ended = (async () => {
    for await (const _ of opened.watch("power") ?? []);
  })();
  ended.catch(() => {});
  await broker.stop();
  await assert.rejects(ended, { code: "DEVICE_IO" });
  await assert.rejects(opened.write("power", false), { code: "DEVICE_IO" });
  await opened[Symbol.asyncDispose]();
  await broker.start();
  const again = await eventually(() => open(lamp, { url: broker.url }, lampAt("lamp")));
  assert.equal(
    await again.read("power"),
    true,
    "retained over the restart, and the write that failed was not sent late",
  );
});
