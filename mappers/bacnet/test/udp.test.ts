import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, test } from "node:test";
import { type Device, systemClock } from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/testing";
import { bacnet } from "../src/index.ts";
import { EmulatedNode, fanCoil, real, serveBacnet } from "../src/testing/index.ts";
import { fanCoilModel, fanCoilVisitors } from "./fan-coil-model.ts";

type FanCoil = Device<typeof fanCoilModel>;

/** Over real sockets of loopback, on the clock of the machine. */
const open = (board: SimBoard, connection: object): Promise<FanCoil> =>
  bacnet
    .serve(fanCoilModel)
    .open(
      { connection: { port: 0, interface: "127.0.0.1", timeoutMs: 5000, ...connection }, visitors: fanCoilVisitors },
      { board, clock: systemClock },
    ) as Promise<FanCoil>;

for (const library of ["bacnet-js", "bacstack"])
  describe(`over UDP with ${library}`, () => {
    test("a device is found by broadcast, read, written and tells of changes", async () => {
      const coil = fanCoil(301);
      await using server = await serveBacnet([{ node: new EmulatedNode({ device: coil }), at: "127.0.0.2" }]);
      await using device = await open(new SimBoard(), { device: 301, broadcast: server.broadcast, library });
      assert.equal(await device.read("temperature"), 21.5);
      await device.write("setpoint", 24.5);
      assert.deepEqual(coil.object("analog-value:1").commands, [{ value: real(24.5), priority: 8 }]);
      const watched = device.watch("temperature")?.[Symbol.asyncIterator]();
      assert.equal((await watched?.next())?.value, 21.5);
      coil.object("analog-input:1").become(real(30));
      assert.equal((await watched?.next())?.value, 30);
      await watched?.return?.();
    });

    test("several devices at one address are told apart by their ports", async () => {
      const [one, two] = [fanCoil(1), fanCoil(2)];
      two.object("analog-input:1").become(real(2));
      const nodes = [one, two].map((device) => ({ node: new EmulatedNode({ device }), at: "127.0.0.1:0" }));
      await using server = await serveBacnet(nodes);
      const board = new SimBoard();
      const connection = { broadcast: server.broadcast, library };
      await using first = await open(board, { ...connection, device: 1, address: server.addresses[0] });
      await using second = await open(board, { ...connection, device: 2, address: server.addresses[1] });
      assert.deepEqual(await Promise.all([first.read("temperature"), second.read("temperature")]), [21.5, 2]);
    });
  });

test("a port that another program holds is named", async () => {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  await assert.rejects(open(new SimBoard(), { device: 1, port }), {
    code: "DEVICE_BUSY",
    message: `UDP port 127.0.0.1:${port} is held by another program; stop it, or set "port" to another or to 0`,
  });
  socket.close();
});

test("what is no BACnet changes nothing, whoever sends it", async () => {
  const coil = fanCoil(301);
  await using server = await serveBacnet([{ node: new EmulatedNode({ device: coil }) }]);
  await using device = await open(new SimBoard(), { device: 301, address: server.addresses[0] });
  const noise = createSocket("udp4");
  const [, port] = (server.addresses[0] as string).split(":");
  for (const text of ["", "\u0081", "GET / HTTP/1.1\r\n\r\n", "\x81\x0a\x00\x04"])
    noise.send(text, Number(port), "127.0.0.1");
  assert.equal(await device.read("temperature"), 21.5);
  noise.close();
});
