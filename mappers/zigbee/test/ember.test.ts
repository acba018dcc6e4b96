import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Mapper, silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/testing";
import { zigbeeCoordinator } from "../src/index.ts";
import { hurryLibrary } from "./zigbee-bench.ts";

hurryLibrary(20);

/** Reset and its answer, in version 2 with the cause "power on" (Silicon Labs UG101, 2.1 and 3.2). */
const reset = Buffer.from("c038bc7e", "hex");
const resetAnswer = Buffer.from("c102029b7b7e", "hex");

test("an ember dongle is reset as its protocol wants, and one that goes away then fails the start with a reason", {
  timeout: 60_000,
}, async () => {
  const state = mkdtempSync(join(tmpdir(), "zigbee-ember-"));
  let heard = Buffer.alloc(0);
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      const before = heard.includes(reset);
      heard = Buffer.concat([heard, bytes]);
      if (before) return void socket.destroy(); // it has begun to talk; that is as far as this goes
      if (heard.includes(reset)) socket.write(resetAnswer);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const path = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const mapper = zigbeeCoordinator as unknown as Mapper;
  try {
    await assert.rejects(
      mapper.open(
        { connection: { path, adapter: "ember", state }, visitors: {} },
        { board: new SimBoard(), clock: systemClock, log: silentLog },
      ),
      { code: "DEVICE_IO", message: /does not start/ },
    );
    assert.ok(heard.includes(reset), `the dongle heard 0x${heard.toString("hex")}`);
  } finally {
    server.close();
    rmSync(state, { recursive: true, force: true });
  }
});
