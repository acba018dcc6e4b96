import assert from "node:assert/strict";
import { test } from "node:test";
import { openNotifySocket } from "../../src/service/notify-socket.ts";
import { NotifyListener } from "../support/notify-listener.ts";
import { RealAgent } from "../support/real-agent.ts";

for (const address of [undefined, `@edgetwin-test-${process.pid}`]) {
  test(`datagrams arrive whole and in order at ${address ? "an abstract name" : "a path"}`, async () => {
    await using listener = new NotifyListener(address);
    using socket = await openNotifySocket(listener.address);
    for (const text of ["READY=1\nSTATUS=ä", "WATCHDOG=1", "STOPPING=1"]) socket.send(text);
    await listener.heard("STOPPING");
    assert.deepEqual(listener.said, ["READY=1\nSTATUS=ä", "WATCHDOG=1", "STOPPING=1"]);
  });
}

test("sending to nobody is an error that names the address, and later ones go on", async () => {
  using socket = await openNotifySocket("@edgetwin-test-nobody");
  assert.throws(() => socket.send("READY=1"), /ECONNREFUSED.*@edgetwin-test-nobody/);
  assert.throws(() => socket.send("READY=1"), /ECONNREFUSED/);
});

test("an agent that systemd starts is ready when its devices are, alive while they turn, and reloads and stops with a word", async () => {
  await using listener = new NotifyListener();
  const env = { NOTIFY_SOCKET: listener.address, WATCHDOG_USEC: "600000" };
  await using agent = new RealAgent(0, { bus: { broker: "off" } });
  await agent.start(env);
  await listener.heard("READY=1");
  assert.match(listener.said.find((text) => text.includes("READY=1")) ?? "", /STATUS=node test on .*1 devices/);
  await listener.heard("WATCHDOG=1", 3);
  process.kill(agent.pid as number, "SIGHUP");
  await listener.heard("READY=1", 2);
  assert.match(listener.said.find((text) => text.includes("RELOADING=1")) ?? "", /MONOTONIC_USEC=[1-9]\d+/);
  process.kill(agent.pid as number, "SIGTERM");
  await listener.heard("STOPPING=1");
});
