import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { defineProtocol, f, fields, type Log, Scope, silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { attachHost, serveMappers } from "@edgetwin/mapper-sdk/dmi";
import { SimBoard } from "@edgetwin/mapper-sdk/testing";
import { Bell } from "./support/bell.ts";
import { Edgecore } from "./support/edgecore.ts";
import { draftOf } from "./support/protobuf-json.ts";

/** A wall of lamps in memory: pins keep what was written, and every access is noted. */
class Wall {
  readonly pins = new Map<string, unknown>();
  readonly writes: string[] = [];
  open = 0;
  reads = 0;
  /** While set, nothing answers. */
  broken: Error | undefined;
  readonly #bell: Bell;

  constructor(bell: Bell) {
    this.#bell = bell;
  }

  readonly protocol = defineProtocol({
    protocol: "virtual",
    connection: fields({
      bus: f.string(),
      speed: f.withDefault(f.int(), 9600),
      fast: f.withDefault(f.boolean(), false),
      factor: f.withDefault(f.number(), 1),
    }),
    visitor: fields({ pin: f.string() }),
    open: ({ scope }) => {
      if (this.broken) throw this.broken;
      this.open++;
      this.#bell.ring();
      scope.defer(() => {
        this.open--;
        this.#bell.ring();
      });
      return {};
    },
    read: ({ visitor: { pin }, property }) => {
      this.reads++;
      this.#bell.ring();
      if (this.broken) throw this.broken;
      return this.pins.get(pin) ?? { STRING: "", INT: 0, DOUBLE: 0 }[property.type as "STRING"];
    },
    write: ({ visitor: { pin } }, value) => {
      if (this.broken) throw this.broken;
      this.writes.push(`${pin}=${value}`);
      this.#bell.ring();
      this.pins.set(pin, value);
    },
  });
}

interface Rig extends AsyncDisposable {
  readonly wall: Wall;
  readonly edgecore: Edgecore;
  readonly mapperSocket: string;
  readonly log: string[];
  /** Resolves as soon as `holds` does. */
  until(holds: () => boolean, what: string): Promise<void>;
  /** Stops EdgeCore; `start` brings up another one with the same devices. */
  restartEdgecore(change?: (edgecore: Edgecore) => void): Promise<Edgecore>;
  stopMapper(): Promise<void>;
}

async function rigged(prepare: (edgecore: Edgecore, wall: Wall) => void): Promise<Rig> {
  const scope = new Scope();
  const folder = scope.adopt(await mkdtemp(join(tmpdir(), "dmi-")), (path) => rm(path, { recursive: true }));
  const at = join(folder, "dmi.sock");
  const bell = new Bell();
  const wall = new Wall(bell);
  let edgecore = new Edgecore(at, { clock: systemClock, bell });
  prepare(edgecore, wall);
  await edgecore.start();
  scope.defer(() => edgecore[Symbol.asyncDispose]());
  const lines: string[] = [];
  const note = (event: string, fields?: object) => {
    lines.push(`${event} ${JSON.stringify(fields, errors)}`);
    bell.ring();
  };
  const log: Log = { ...silentLog, info: note, warn: note, error: note };
  const mapperSocket = join(folder, "mapper.sock");
  const mapper = scope.use(
    await serveMappers({
      parts: [wall.protocol],
      socket: mapperSocket,
      manager: at,
      name: "virtual-mapper",
      board: new SimBoard(),
      log,
      random: () => 0,
    }),
  );
  return {
    wall,
    until: (holds, what) => bell.until(holds, () => what),
    get edgecore() {
      return edgecore;
    },
    mapperSocket,
    log: lines,
    async restartEdgecore(change) {
      const { models, devices } = edgecore;
      await edgecore[Symbol.asyncDispose]();
      edgecore = Object.assign(new Edgecore(at, { clock: systemClock, bell }), { models, devices });
      change?.(edgecore);
      await edgecore.start();
      return edgecore;
    },
    stopMapper: async () => await mapper[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
}

const errors = (_: string, value: unknown) => (value instanceof Error ? value.message : value);

const model = {
  name: "lamp",
  namespace: "plant",
  spec: {
    properties: [
      { name: "power", type: "STRING", accessMode: "ReadWrite" },
      { name: "level", type: "INT", accessMode: "ReadWrite", minimum: "0", maximum: "100" },
    ],
  },
};

interface Wanted {
  readonly power?: string;
  readonly level?: string;
}

/** A lamp as EdgeCore sends it. */
function lamp(name: string, { power = "", level = "" }: Wanted, cycle = 20) {
  const property = (of: string, value: string, pin: string) => ({
    name: of,
    desired: { value },
    visitors: {
      protocolName: "virtual",
      configData: { data: { pin: anyText(`${name}.${pin}`), dataType: anyText("x") } },
    },
    collectCycle: String(cycle),
    reportToCloud: true,
  });
  return draftOf({
    name,
    namespace: "plant",
    spec: {
      deviceModelReference: "lamp",
      protocol: { protocolName: "virtual", configData: { data: { bus: anyText("b0") } } },
      properties: [property("power", power, "p"), property("level", level, "l")],
    },
    status: { reportToCloud: true, reportCycle: "1000" },
  }) as NonNullable<Edgecore["devices"][number]>;
}

const anyText = (value: string) => ({ "@type": "type.googleapis.com/google.protobuf.StringValue", value });

describe("a mapper process at EdgeCore", () => {
  test("opens the devices it is given, writes only what differs, and tells everything twice", async () => {
    await using rig = await rigged((edgecore, wall) => {
      edgecore.models = [model];
      edgecore.devices = [lamp("one", { power: "ON", level: "10" })];
      wall.pins.set("one.l", 10n);
    });
    const { edgecore, wall } = rig;
    await rig.until(() => edgecore.cloud.get("plant/one/power") === "ON", "the value in the cloud");
    assert.deepEqual(edgecore.registrations, ["virtual-mapper virtual"]);
    assert.deepEqual(wall.writes, ["one.p=ON"]);
    await rig.until(() => edgecore.cloud.get("plant/one/level") === "10", "the other value");
    assert.ok(edgecore.reports.length <= 4, `${edgecore.reports.length} calls for two values`);
    await rig.until(() => edgecore.states.includes("plant/one online"), "the health");
  });

  test("writes one property when one is desired anew, and tells nothing that has not changed", async () => {
    await using rig = await rigged((edgecore) => {
      edgecore.models = [model];
      edgecore.devices = [lamp("one", { power: "ON", level: "10" })];
    });
    const { edgecore, wall } = rig;
    await rig.until(() => edgecore.cloud.get("plant/one/power") === "ON", "the first value");
    wall.writes.length = 0;
    await edgecore.tell((mapper) => mapper.updateDevice({ device: lamp("one", { power: "ON", level: "55" }) }));
    await rig.until(() => edgecore.cloud.get("plant/one/level") === "55", "the second value");
    assert.deepEqual(wall.writes, ["one.l=55"]);
    assert.equal(wall.open, 1);
    const someReadings = async () => {
      const before = wall.reads;
      await rig.until(() => wall.reads > before + 10, "some readings");
    };
    await someReadings(); // the second report of each value is on its way
    const told = edgecore.reports.length;
    await edgecore.tell((mapper) => mapper.updateDevice({ device: lamp("one", { power: "ON", level: "55" }) }));
    await someReadings();
    assert.deepEqual(wall.writes, ["one.l=55"]);
    assert.equal(edgecore.reports.length, told);
  });

  test("survives EdgeCore: registers again and takes over what was desired meanwhile", async () => {
    await using rig = await rigged((edgecore) => {
      edgecore.models = [model];
      edgecore.devices = [lamp("one", { power: "ON" })];
    });
    await rig.until(() => rig.edgecore.cloud.get("plant/one/power") === "ON", "the first value");
    await rig.restartEdgecore((edgecore) => {
      edgecore.devices = [lamp("one", { power: "OFF" }), lamp("two", { power: "ON" })];
    });
    await rig.until(() => rig.edgecore.cloud.get("plant/one/power") === "OFF", "the value of meanwhile");
    await rig.until(() => rig.edgecore.cloud.get("plant/two/power") === "ON", "the device of meanwhile");
    assert.deepEqual(rig.wall.writes, ["one.p=ON", "one.p=OFF", "two.p=ON"]);
  });

  test("takes devices one by one, waits for their model, and lets go of them as often as it is told", async () => {
    await using rig = await rigged(() => {});
    const { edgecore, wall } = rig;
    await rig.until(() => edgecore.registrations.length === 1, "the registration");
    const device = lamp("late", { power: "ON" });
    await rig.until(() => rig.log.some((line) => line.startsWith("dmi.registered")), "the answer");
    await edgecore.tell((mapper) => mapper.registerDevice({ device }));
    assert.ok(rig.log.some((line) => line.startsWith("dmi.device-waits")));
    await edgecore.tell((mapper) => mapper.createDeviceModel({ model }));
    await rig.until(() => wall.writes.includes("late.p=ON"), "the write");
    await rig.until(() => edgecore.cloud.get("plant/late/power") === "ON", "the report");
    const got = await edgecore.tell((mapper) => mapper.getDevice({ deviceName: "late", deviceNamespace: "plant" }));
    assert.equal(got.device?.status?.twins.find(({ propertyName }) => propertyName === "power")?.reported?.value, "ON");
    const gone = { deviceName: "late", deviceNamespace: "plant" };
    await edgecore.tell((mapper) => mapper.removeDevice(gone));
    assert.equal(wall.open, 0);
    await edgecore.tell((mapper) => mapper.removeDevice(gone));
    await assert.rejects(
      edgecore.tell((mapper) => mapper.getDevice(gone)),
      /no device plant\/late/,
    );
  });

  test("answers a device that it cannot serve with everything that is wrong, and serves the others", async () => {
    await using rig = await rigged((edgecore) => {
      edgecore.models = [model];
      edgecore.devices = [lamp("good", { power: "ON" })];
    });
    const { edgecore } = rig;
    await rig.until(() => edgecore.cloud.get("plant/good/power") === "ON", "the good one");
    const bad = lamp("bad", {});
    const wrong = { ...bad, spec: { ...bad.spec, protocol: { protocolName: "virtul" } } };
    await assert.rejects(
      edgecore.tell((mapper) => mapper.registerDevice({ device: wrong })),
      { code: "CONFIG_INVALID", message: /does not speak virtul; did you mean "?virtual/ },
    );
    const pinless = { ...bad, spec: { ...bad.spec, protocol: { protocolName: "virtual" } } };
    await assert.rejects(
      edgecore.tell((mapper) => mapper.registerDevice({ device: pinless })),
      { code: "CONFIG_INVALID", message: /connection\.bus: is missing/ },
    );
    await assert.rejects(
      edgecore.tell((mapper) => mapper.registerDevice({})),
      { code: "CONFIG_INVALID" },
    );
  });

  test("opens a device that failed again and again, and writes what is still desired", async () => {
    await using rig = await rigged((edgecore, wall) => {
      edgecore.models = [model];
      edgecore.devices = [lamp("one", { power: "ON" })];
      wall.broken = new Error("unplugged");
    });
    const { edgecore, wall } = rig;
    await rig.until(() => edgecore.states.includes("plant/one offline"), "the health");
    wall.broken = undefined;
    await rig.until(() => edgecore.cloud.get("plant/one/power") === "ON", "the value");
    await rig.until(() => edgecore.states.includes("plant/one online"), "the health again");
  });

  test("says a desired value that is none once, and goes on", async () => {
    await using rig = await rigged((edgecore) => {
      edgecore.models = [model];
      edgecore.devices = [lamp("one", { power: "ON", level: "very high" })];
    });
    const { edgecore, wall } = rig;
    await rig.until(() => edgecore.cloud.get("plant/one/power") === "ON", "the good one");
    assert.deepEqual(wall.writes, ["one.p=ON"]);
    const said = rig.log.filter((line) => line.startsWith("dmi.value-not-written"));
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /level.*expected a whole number, got .*very high/);
    await edgecore.tell((mapper) => mapper.updateDevice({ device: lamp("one", { power: "ON", level: "101" }) }));
    await rig.until(() => rig.log.some((line) => /from 0 to 100/.test(line)), "the limit");
  });

  test("makes values fit for EdgeCore, which drops what has a space in it", async () => {
    await using rig = await rigged((edgecore, wall) => {
      edgecore.models = [model];
      edgecore.devices = [lamp("one", { level: "7" })];
      wall.pins.set("one.p", "all is well+");
    });
    await rig.until(() => rig.edgecore.cloud.get("plant/one/power") === "all_is_well_", "the value");
    assert.ok(rig.log.some((line) => line.startsWith("dmi.value-changed") && line.includes("all is well+")));
  });

  test("stops properly: closes its devices, sends what waits, takes its socket away", async () => {
    await using rig = await rigged((edgecore) => {
      edgecore.models = [model];
      edgecore.devices = [lamp("one", { power: "ON" }, 60_000)];
    });
    const { edgecore, wall } = rig;
    await rig.until(() => wall.writes.length === 1, "the write");
    await rig.stopMapper();
    assert.equal(wall.open, 0);
    await assert.rejects(attachHost(rig.mapperSocket), /nobody listens/);
    assert.equal(edgecore.deaths.length, 0);
  });

  test("stands back while an agent of ours drives it", async () => {
    await using rig = await rigged((edgecore) => {
      edgecore.models = [model];
      edgecore.devices = [lamp("one", { power: "ON" })];
    });
    const { edgecore, wall } = rig;
    await rig.until(() => wall.open === 1, "the device");
    const host = await attachHost(rig.mapperSocket);
    await rig.until(() => wall.open === 0, "the device closed");
    await assert.rejects(
      edgecore.tell((mapper) => mapper.registerDevice({ device: lamp("two", {}) })),
      /an Edgetwin agent drives this mapper/,
    );
    host?.[Symbol.dispose]();
    await rig.until(() => wall.open === 1 && edgecore.registrations.length === 2, "the device again");
  });
});
