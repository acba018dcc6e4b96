import assert from "node:assert/strict";
import { test } from "node:test";
import { ble } from "@edgetwin/mapper-ble";
import { SimController, serveController } from "@edgetwin/mapper-ble/testing";
import { systemClock } from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/testing";
import { address, lamp, newLamp, visitors } from "./bench.ts";

for (const library of ["stoprocent", "abandonware"])
  test(`@${library}/noble, unchanged, on a controller behind a socket: found, connected, read, written, pushed`, async () => {
    const device = newLamp();
    const controller = new SimController([device], { commandMs: 1 });
    await using server = await serveController(controller);
    const connection = { adapter: server.adapter, address, library };
    const listeners = () => (["SIGINT", "exit"] as const).map((name) => process.listenerCount(name));
    const before = listeners();
    for (let session = 0; session < 2; session++) {
      await using opened = await ble
        .serve(lamp)
        .open({ connection, visitors }, { board: new SimBoard(), clock: systemClock });
      assert.equal(await opened.read("battery"), 80);
      await opened.write("level", 40 + session);
      await opened.write("label", "across several packets of the controller");
      const rate = opened.watch("rate")?.[Symbol.asyncIterator]().next();
      assert.ok(rate);
      device.server.push("2a37", Buffer.of(0, 66));
      assert.equal((await rate).value, 66);
    }
    assert.deepEqual(
      device.server.characteristic("fff1").written.map((bytes) => bytes[0]),
      [40, 41],
    );
    assert.deepEqual(listeners(), before, "the process is the agent's to end");
    assert.equal(controller.overruns, 0);
    assert.equal(controller.links, 0);
  });
