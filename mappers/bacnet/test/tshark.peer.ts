import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { defineModel, p, systemClock } from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/testing";
import { bacnet } from "../src/index.ts";
import { analog, EmulatedDevice, EmulatedNode, fanCoil, real, serveBacnet } from "../src/testing/index.ts";
import { parseUdpAddress, type UdpAddress } from "../src/wire/udp-address.ts";
import { fanCoilModel, fanCoilVisitors } from "./fan-coil-model.ts";

interface Captured {
  readonly datagram: Uint8Array;
  readonly from: UdpAddress;
  readonly to: UdpAddress;
}

/** Link type of packets that begin with their IP header (tcpdump.org/linktypes). */
const rawIp = 101;

/** What passed, as a capture file: IPv4 and UDP around each datagram, all from and to the port of BACnet. */
function pcap(captured: readonly Captured[]): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(65_535, 16);
  head.writeUInt32LE(rawIp, 20);
  return Buffer.concat([head, ...captured.flatMap((one, index) => packet(one, index))]);
}

function packet({ datagram, from, to }: Captured, seconds: number): Buffer[] {
  const length = datagram.length + 28;
  const bytes = Buffer.alloc(28);
  bytes.writeUInt16BE(0x4500, 0);
  bytes.writeUInt16BE(length, 2);
  bytes.writeUInt8(64, 8);
  bytes.writeUInt8(17, 9);
  for (const [address, at] of [
    [from, 12],
    [to, 16],
  ] as const)
    bytes.set((parseUdpAddress(address)?.host ?? "0.0.0.0").split(".").map(Number), at);
  bytes.writeUInt16BE(47_808, 20);
  bytes.writeUInt16BE(47_808, 22);
  bytes.writeUInt16BE(datagram.length + 8, 24);
  const record = Buffer.alloc(16);
  record.writeUInt32LE(seconds, 0);
  record.writeUInt32LE(length, 8);
  record.writeUInt32LE(length, 12);
  return [record, bytes, Buffer.from(datagram)];
}

/** What Wireshark's decoder says about a capture: one line for each packet, and all it knows. */
async function dissect(captured: readonly Captured[]): Promise<{ readonly lines: string[]; readonly full: string }> {
  const directory = await mkdtemp(join(tmpdir(), "edgetwin-bacnet-"));
  try {
    const file = join(directory, "bacnet.pcap");
    await writeFile(file, pcap(captured));
    const run = async (...options: string[]) => {
      const { stdout } = await promisify(execFile)("tshark", ["-n", "-r", file, ...options], { maxBuffer: 64e6 });
      return stdout;
    };
    const lines = (await run("-T", "fields", "-e", "_ws.col.Protocol", "-e", "_ws.col.Info")).trim().split("\n");
    return { lines, full: await run("-V") };
  } catch (cause) {
    throw new Error("tshark did not decode the capture; on Debian: sudo apt install tshark", { cause });
  } finally {
    await rm(directory, { recursive: true });
  }
}

for (const library of ["bacnet-js", "bacstack"])
  test(`Wireshark understands everything that is said between the emulator and ${library}`, async () => {
    const coil = fanCoil(301);
    const many = Array.from({ length: 40 }, (_, index) =>
      analog("input", index, { name: `Sensor ${index} ${"x".repeat(60)}`, value: index }),
    );
    const wide = new EmulatedDevice({ instance: 302, name: "wide", objects: many, maxApdu: 480 });
    const nodes = [coil, wide].map((device) => ({ node: new EmulatedNode({ device }) }));
    await using server = await serveBacnet(nodes, { keepsLog: true });
    const world = { board: new SimBoard(), clock: systemClock };
    const shared = { interface: "127.0.0.1", port: 0, broadcast: server.broadcast, library, timeoutMs: 5000 };
    {
      await using device = await bacnet
        .serve(fanCoilModel)
        .open({ connection: { ...shared, device: 301 }, visitors: fanCoilVisitors }, world);
      await device.readMany(["temperature", "setpoint", "fan"]);
      await device.write("setpoint", 23.5);
      await device.call("relinquish" as never, { property: "setpoint" } as never);
      for (const cov of ["temperature"] as const) {
        const watched = device.watch(cov)?.[Symbol.asyncIterator]();
        await watched?.next();
        coil.object("analog-input:1").become(real(33));
        await watched?.next();
        await watched?.return?.();
      }
      await assert.rejects(device.call("readProperty" as never, { object: "AV:99" } as never));
    }
    const names = many.map((_, index) => `s${index}`);
    const model = defineModel("wide", Object.fromEntries(names.map((name) => [name, p.string()])));
    const visitors = Object.fromEntries(
      names.map((name, index) => [name, { object: `AI:${index}`, property: "object-name" }]),
    );
    {
      await using device = await bacnet.serve(model).open({ connection: { ...shared, device: 302 }, visitors }, world);
      await device.readMany(names);
    }
    const { lines, full } = await dissect(server.log);
    assert.equal(lines.length, server.log.length);
    assert.deepEqual(
      lines.filter((line) => !line.startsWith("BACnet")),
      [],
    );
    for (const said of [
      "who-Is",
      "i-Am",
      "readPropertyMultiple",
      "writeProperty",
      "subscribeCOV",
      "confirmedCOVNotification",
    ])
      assert.ok(
        lines.some((line) => line.includes(said)),
        `no ${said} among\n${lines.join("\n")}`,
      );
    assert.ok(
      lines.some((line) => line.startsWith("BACnet") && line.includes("Segment-ACK")),
      lines.join("\n"),
    );
    assert.doesNotMatch(full, /Malformed|\[Expert Info \((?:Error|Warn)/);
    for (const fact of [/present-value/, /Priority: 8|priority: 8|\(Unsigned\) 8/i, /unknown-object/, /33\.0/])
      assert.match(full, fact);
  });
