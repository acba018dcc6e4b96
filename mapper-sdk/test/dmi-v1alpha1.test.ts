import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { defineProtocol, f, fields, Scope } from "@edgetwin/mapper-sdk";
import {
  connect,
  type DraftOf,
  implement,
  listen,
  type MessageOf,
  serveMappers,
  v1alpha1,
} from "@edgetwin/mapper-sdk/dmi";
import { SimBoard } from "@edgetwin/mapper-sdk/testing";

const { deviceManager, deviceMapper } = v1alpha1;
type Report = MessageOf<(typeof deviceManager)["procedures"]["reportDeviceStatus"]["request"]>;
type Device = DraftOf<typeof v1alpha1.device>;

const model = {
  name: "meter",
  spec: {
    protocol: "modbus",
    properties: [
      {
        name: "limit",
        description: "in W",
        type: { int: { accessMode: "ReadWrite", minimum: 0n, maximum: 60n, unit: "W" } },
      },
      { name: "power", type: { double: { accessMode: "ReadOnly" } } },
    ],
  },
};

const device = (limit: string): Device => ({
  name: "m1",
  spec: {
    deviceModelReference: "meter",
    protocol: { modbus: { slaveID: 3 }, common: { tcp: { ip: "127.0.0.1", port: 1502 } } },
    propertyVisitors: [
      {
        propertyName: "limit",
        collectCycle: 20_000_000,
        modbus: { register: "HoldingRegister", offset: 2, limit: 1, scale: 1 },
      },
      {
        propertyName: "power",
        collectCycle: 20_000_000,
        modbus: { register: "InputRegister", offset: 40, limit: 2, scale: 0.5 },
      },
    ],
  },
  status: { twins: [{ propertyName: "limit", desired: { value: limit } }, { propertyName: "power" }] },
});

test("an EdgeCore of before 1.15 is served in its own words", async () => {
  await using scope = new Scope();
  const folder = scope.adopt(await mkdtemp(join(tmpdir(), "dmi-")), (path) => rm(path, { recursive: true }));
  const seen: unknown[] = [];
  const modbus = defineProtocol({
    protocol: "modbus",
    connection: fields({ ip: f.string(), port: f.int(), slaveID: f.int() }),
    visitor: fields({ register: f.string(), offset: f.int(), limit: f.int(), scale: f.number() }),
    open({ connection }) {
      seen.push(connection);
      return new Map<number, unknown>();
    },
    read: ({ session, visitor: { offset, scale } }) => session.get(offset) ?? offset * scale,
    write: ({ session, visitor: { offset } }, value) => void session.set(offset, value),
  });
  const reports: Report[] = [];
  let onReport = () => {};
  const manager = join(folder, "dmi.sock");
  const service = implement(deviceManager, {
    mapperRegister: () => ({ modelList: [model], deviceList: [device("7")] }),
    reportDeviceStatus(report) {
      for (const { reported } of report.reportedDevice?.twins ?? []) {
        // 1.12 insists on the one, 1.14 on the other.
        assert.ok(reported?.metadata.get("propertyType"));
        assert.ok(reported?.metadata.get("type"));
      }
      reports.push(report);
      onReport();
      return {};
    },
  });
  scope.use(await listen(manager, [service]));
  const reported = (limit: string) =>
    new Promise<void>((resolve) => {
      onReport = () => {
        const values = reports.flatMap(({ reportedDevice }) =>
          (reportedDevice?.twins ?? []).map((twin) => `${twin.propertyName}=${twin.reported?.value}`),
        );
        if (values.includes(`limit=${limit}`) && values.includes("power=20")) resolve();
      };
    });
  const first = reported("7");
  const socket = join(folder, "modbus.sock");
  const serving = { parts: [modbus], socket, manager, name: "modbus-mapper", board: new SimBoard() };
  scope.use(await serveMappers(serving));
  await first;
  assert.deepEqual(seen, [{ ip: "127.0.0.1", port: 1502, slaveID: 3 }]);

  const second = reported("9");
  using edgecore = await connect(socket);
  const mapper = edgecore.client(deviceMapper);
  await mapper.updateDevice({ device: device("9") });
  await second;
  const found = await mapper.getDevice({ deviceName: "m1" });
  assert.equal(found.device?.status?.twins.find(({ propertyName }) => propertyName === "limit")?.desired?.value, "9");
  const third = reported("11");
  await mapper.updateDeviceStatus({
    deviceName: "m1",
    desiredDevice: { twins: [{ propertyName: "limit", desired: { value: "11" } }, { propertyName: "power" }] },
  });
  await third;
  await mapper.removeDevice({ deviceName: "m1" });
  await assert.rejects(mapper.getDevice({ deviceName: "m1" }), { code: "CONFIG_INVALID" });
  assert.equal(seen.length, 1);
});
