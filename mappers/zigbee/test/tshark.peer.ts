import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { defineModel, p } from "@edgetwin/mapper-sdk";
import { zigbee } from "../src/index.ts";
import {
  type AirFrame,
  clusters,
  colorBulb,
  contactSensor,
  meteringPlug,
  setContact,
  temperatureSensor,
} from "../src/testing/index.ts";
import { hurryLibrary, ZigbeeBench } from "./zigbee-bench.ts";

hurryLibrary();

/** Link type of IEEE 802.15.4 frames without checksum (tcpdump.org/linktypes). */
const ieee802154 = 230;

const u16 = (value: number) => Buffer.of(value & 0xff, value >> 8);

/** What was on the air, in the frames of all layers below, unencrypted. */
function pcap(frames: readonly AirFrame[]): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(65_535, 16);
  head.writeUInt32LE(ieee802154, 20);
  return Buffer.concat([head, ...frames.flatMap(record)]);
}

function record({ from, to, endpoint, profile, cluster, payload }: AirFrame, index: number): Buffer[] {
  const sequence = index & 0xff;
  // IEEE 802.15.4: data, within the PAN, short addresses; Zigbee network layer: data, version 2; APS: data, to one.
  const mac = Buffer.concat([Buffer.of(0x41, 0x88, sequence), u16(0x1a62), u16(to), u16(from)]);
  const nwk = Buffer.concat([Buffer.of(0x08, 0x00), u16(to), u16(from), Buffer.of(30, sequence)]);
  const [target, source] = profile === 0 ? [0, 0] : [endpoint, endpoint];
  const aps = Buffer.concat([Buffer.of(0x00, target), u16(cluster), u16(profile), Buffer.of(source, sequence)]);
  const frame = Buffer.concat([mac, nwk, aps, payload]);
  const header = Buffer.alloc(16);
  header.writeUInt32LE(index, 0);
  header.writeUInt32LE(frame.length, 8);
  header.writeUInt32LE(frame.length, 12);
  return [header, frame];
}

async function dissect(frames: readonly AirFrame[]): Promise<{ readonly lines: string[]; readonly full: string }> {
  const directory = await mkdtemp(join(tmpdir(), "edgetwin-zigbee-"));
  try {
    const file = join(directory, "zigbee.pcap");
    await writeFile(file, pcap(frames));
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

test("Wireshark understands everything that is said between the library and the emulated devices", {
  timeout: 120_000,
}, async () => {
  const frames: AirFrame[] = [];
  await using bench = new ZigbeeBench({ onAir: (frame) => void frames.push(frame) });
  const [bulb, plug, sensor, door] = [colorBulb(), meteringPlug(), temperatureSensor(), contactSensor()];
  await bench.start();
  await bench.join(bulb, plug, sensor, door);
  const lamp = zigbee.serve(
    defineModel("lamp", {
      power: p.boolean({ access: "rw" }),
      level: p.int({ access: "rw" }),
      color: p.string({ access: "rw" }),
      warmth: p.int({ access: "rw" }),
    }),
  );
  const visitors = {
    power: { feature: "onOff" },
    level: { feature: "level" },
    color: { feature: "color" },
    warmth: { feature: "colorTemperature" },
  };
  const { board, clock, log } = bench;
  await using device = await lamp.open({ connection: { ieee: bulb.ieee }, visitors }, { board, clock, log });
  await device.write("power", true);
  await device.write("level", 50);
  await device.write("color", "0.4000,0.3500");
  await device.write("warmth", 250);
  await device.call("identify", { seconds: 3 });
  sensor.endpoint.report(clusters.temperature, 0);
  plug.endpoint.report(clusters.electrical, 0x050b);
  plug.endpoint.report(clusters.metering, 0);
  setContact(door, true);
  await bench.settle();

  const { lines, full } = await dissect(frames);
  assert.equal(lines.length, frames.length);
  const wrong = lines.filter((line) => /malformed|unknown command|reserved/i.test(line) || !/^ZigBee/i.test(line));
  assert.deepEqual(wrong, [], "frames that the decoder does not understand");
  assert.doesNotMatch(full, /Malformed Packet|Unknown Attribute|undecoded/i);
  for (const said of [
    /Node Descriptor Response.*Status: Success/,
    /Active Endpoint Response.*Status: Success/,
    /Simple Descriptor Response.*Status: Success/,
    /Bind Response.*Status: Success/,
    /ZCL: Read Attributes Response/,
    /ZCL: Configure Reporting Response/,
    /ZCL: Report Attributes/,
    /ZCL: Default Response/,
    /ZCL OnOff: On/,
    /ZCL Level Control: Move to Level with OnOff/,
  ])
    assert.ok(
      lines.some((line) => said.test(line)),
      `no ${said} among ${[...new Set(lines)].join("\n")}`,
    );
  assert.match(full, /Measured Value: 21\.5/);
  assert.match(full, /Active Power.*: 985|Instantaneous.*985|Int16: 985/i);
  assert.match(full, /Model Identifier.*|String: ET-BULB-1/);
});
