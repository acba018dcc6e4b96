import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { systemClock } from "@edgetwin/mapper-sdk";
import { ManualClock, settle } from "@edgetwin/mapper-sdk/testing";
import { readIdentity, removeIdentity, writeIdentity } from "../../src/cloud/identity-file.ts";
import { runLine } from "../cli/support/test-command.ts";
import { joined } from "./support/joined-agent.ts";
import { thermo, thermoModel } from "./support/thermo.ts";

interface RegisteredNode {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly taints: readonly unknown[] };
  readonly status: { readonly capacity: { readonly pods: string } };
}

describe("a session with the cloud", () => {
  test("begins with the headers and the keepalive that CloudHub wants", async () => {
    await using node = await joined();
    const { cloud } = node;
    const agent = await node.start();
    await cloud.until(() => cloud.keepalives > 0 && cloud.up.length > 0);
    const { node_id, project_id, connectionuse, origin } = cloud.handshakes[0] ?? {};
    assert.deepEqual([node_id, connectionuse, origin], ["rec-1", "msg", undefined]);
    assert.equal(project_id, "e632aba927ea4ac2b575ec1603d56f10");
    await online(agent.cloud);
    assert.equal(agent.cloud.status().peer, "CloudCore");
  });

  test("registers a Node that takes no pods, and its lease", async () => {
    await using node = await joined();
    const { cloud } = node;
    await node.start();
    await cloud.until(() => cloud.objects.has("kube-node-lease/lease/rec-1"));
    const { spec, status, metadata } = cloud.objects.get("null/node/rec-1") as unknown as RegisteredNode;
    assert.equal(status.capacity.pods, "0");
    assert.deepEqual(spec.taints, [{ key: "edgetwin.io/devices-only", effect: "NoSchedule" }]);
    assert.equal(metadata.labels["node-role.kubernetes.io/edge"], "");
  });

  test("has no Node when that is switched off, and works all the same", async () => {
    await using node = await joined();
    const { cloud } = node;
    const agent = await node.start({ cloud: { node: false, report: "5ms" } });
    await online(agent.cloud);
    await cloud.push("insert", "default/devicemodel/thermo", thermoModel());
    assert.deepEqual([...cloud.objects.keys()], []);
  });

  test("comes back after the cloud closed it, and a Node that was deleted is registered again", async () => {
    await using node = await joined();
    const { cloud } = node;
    const agent = await node.start();
    await cloud.until(() => cloud.objects.has("kube-node-lease/lease/rec-1"));
    cloud.objects.clear();
    cloud.drop();
    await cloud.until(() => cloud.handshakes.length === 2 && cloud.objects.has("null/node/rec-1"));
    await online(agent.cloud);
    assert.equal(agent.cloud.status().connects, 2);
  });

  test("a cloud that is not there costs nothing local, and is found when it comes", async () => {
    await using node = await joined();
    const { cloud } = node;
    cloud.refuseConnections(true);
    const { core, cloud: door } = await node.start();
    const text = JSON.stringify(thermoModel());
    await core.registry.apply(text, { origin: { door: "rest", actor: "test" } });
    while (door.status().state !== "waiting") await settle();
    assert.match(door.status().reason ?? "", /^127\.0\.0\.1:\d+ cannot be reached: /);
    cloud.refuseConnections(false);
    await online(door);
  });

  test("a refusal of the handshake is told with its reason, and tried again", async () => {
    await using node = await joined();
    const { cloud } = node;
    cloud.faults.refusal = "node rec-1 is not known\n";
    const agent = await node.start();
    while (agent.cloud.status().state !== "waiting") await settle();
    assert.match(
      agent.cloud.status().reason ?? "",
      /does not let this node in: node rec-1 is not known \(status 403\)$/,
    );
    cloud.faults.refusal = "";
    await online(agent.cloud);
  });

  test("an object that the disk does not take is refused, and taken when it comes again", async () => {
    await using node = await joined();
    const { cloud } = node;
    const { core } = await node.start();
    await cloud.until(() => cloud.sessions === 1);
    const failing = core.registry.apply.bind(core.registry);
    const { AgentError } = await import("../../src/errors.ts");
    core.registry.apply = async () => {
      throw new AgentError("STORE_UNAVAILABLE", "the disk is full");
    };
    const refused = await cloud.push("insert", "default/devicemodel/thermo", thermoModel());
    assert.deepEqual([refused.route.operation, refused.content], ["error", "the disk is full"]);
    core.registry.apply = failing;
    const taken = await cloud.push("insert", "default/devicemodel/thermo", thermoModel());
    assert.deepEqual([taken.route.operation, taken.content], ["response", "OK"]);
    assert.ok(core.registry.model("default/thermo"));
  });

  test("a node that leaves is not connected any more, and one that joins is, while the agent runs", async () => {
    await using node = await joined();
    const { cloud, directory } = node;
    const identity = readIdentity(directory) ?? assert.fail("it has joined");
    const agent = await node.start();
    await online(agent.cloud);
    removeIdentity(directory);
    await cloud.until(() => cloud.sessions === 0);
    while (agent.cloud.status().state !== "none") await settle();
    writeIdentity(directory, identity);
    await cloud.until(() => cloud.handshakes.length === 2);
    await online(agent.cloud);
  });

  test("an identity that is damaged is told, and nothing else stops", async () => {
    await using node = await joined();
    const { writeFileSync } = await import("node:fs");
    const { identityFile } = await import("../../src/cloud/identity-file.ts");
    writeFileSync(identityFile(node.directory), "{");
    const agent = await node.start();
    const { state, reason } = agent.cloud.status();
    assert.equal(state, "stopped");
    assert.match(reason ?? "", /identity\.json cannot be used: it is not JSON; mend that, or join again/);
  });
});

test("edgetwin get cloud shows where it stands, and metrics count it", async () => {
  await using node = await joined();
  const agent = await node.start();
  const run = (line: string) =>
    runLine(line, { clock: systemClock, env: { EDGETWIN_SOCKET: join(node.directory, "edgetwin.sock") } });
  await online(agent.cloud);
  const { out, err } = await run("get cloud");
  assert.match(
    out,
    /^State: +online since .*\nServer: +127\.0\.0\.1:\d+ \(CloudCore\)\nNode: +rec-1\nCertificate: +until /,
    err,
  );
  const shown = JSON.parse((await run("get cloud -o json")).out) as Record<string, unknown>;
  assert.deepEqual([shown.state, shown.peer, shown.connects], ["online", "CloudCore", 1]);
  assert.equal((await run("get cloud -o name")).out, `cloud/127.0.0.1:${node.cloud.port}\n`);
  removeIdentity(node.directory);
  while (agent.cloud.status().state !== "none") await settle();
  assert.match((await run("get cloud")).err, /this node has joined no cloud; see "edgetwin help join"/);
});

describe("with time of its own, a session", () => {
  test("that the cloud refused without a word is noticed, ended and tried again", async () => {
    const clock = new ManualClock(systemClock.now());
    await using node = await joined({ clock });
    const { cloud } = node;
    cloud.faults.zombie = true;
    const agent = await node.start();
    await cloud.until(() => cloud.up.length === 1);
    for (let questions = 2; questions <= 3; questions++) {
      await passed(clock, 15_000, () => cloud.until(() => cloud.keepalives >= questions));
      await passed(clock, 1_000, () => cloud.until(() => cloud.up.length === questions));
    }
    await passed(clock, 15_000, () => cloud.until(() => cloud.sessions === 0));
    while (agent.cloud.status().state !== "waiting") await settle();
    assert.match(agent.cloud.status().reason ?? "", /answered none of 3 questions: it may have refused this session/);
    cloud.faults.zombie = false;
    await passed(clock, 1_000, () => cloud.until(() => cloud.handshakes.length === 2));
    await online(agent.cloud);
  });

  test("whose other end is gone without a trace is over after 25 s of silence", async () => {
    const clock = new ManualClock(systemClock.now());
    await using node = await joined({ clock });
    const { cloud } = node;
    const agent = await node.start();
    await online(agent.cloud);
    cloud.freeze();
    for (let seconds = 0; seconds < 30; seconds += 10) await clock.advance(10_000);
    while (agent.cloud.status().state === "online") await settle();
    assert.match(agent.cloud.status().reason ?? "", /the cloud was silent for 25 s/);
  });

  test("an unconfirmed report goes out again with the value that is current then, ever more rarely", async () => {
    const clock = new ManualClock(systemClock.now());
    await using node = await joined({ clock });
    const { cloud } = node;
    cloud.faults.bridge = true;
    const agent = await node.start();
    await cloud.until(() => cloud.sessions === 1);
    await cloud.push("insert", "default/devicemodel/thermo", thermoModel());
    await cloud.push("insert", "default/device/thermo-1", thermo(2));
    cloud.faults.unconfirmed = true;
    const { warm } = await import("./support/thermo.ts");
    await passed(clock, 10, () =>
      cloud.until(() => cloud.up.some(({ route }) => route.resource.endsWith("state/update"))),
    );
    await warm(agent, 1);
    await passed(clock, 10_000, () => settle());
    await warm(agent, 2);
    await passed(clock, 2_000, () => settle());
    cloud.faults.unconfirmed = false;
    await passed(clock, 12_000, () => cloud.until(() => cloud.reports("default/thermo-1").length > 0));
    assert.equal(cloud.reports("default/thermo-1").at(-1)?.temperature, "2");
  });
});

describe("the certificate of a node", () => {
  test("that expired stops the link with the way out, not the agent; a clock in 1970 does not make it valid again", async () => {
    const clock = new ManualClock(systemClock.now());
    await using node = await joined({ clock, days: 30 });
    const identity = readIdentity(node.directory) ?? assert.fail("it has joined");
    writeIdentity(node.directory, { ...identity, knownAt: clock.now() + 31 * 86_400_000 });
    clock.jump(-clock.now());
    const agent = await node.start();
    while (agent.cloud.status().state !== "stopped") await settle();
    assert.match(
      agent.cloud.status().reason ?? "",
      /certificate of this node expired on .*; join again with "edgetwin join"/,
    );
    assert.equal(node.cloud.handshakes.length, 0);
  });

  test("is good although the clock stands in 1970: the node knows that it is later", async () => {
    const clock = new ManualClock(systemClock.now());
    await using node = await joined({ clock });
    clock.jump(-clock.now());
    const agent = await node.start();
    await online(agent.cloud);
    assert.match(node.log.lines.join("\n"), /the clock is behind what is known for sure/);
  });
});

/** Lets time pass, then waits for what follows from it on real sockets. */
async function passed(clock: ManualClock, ms: number, wait: () => Promise<void>): Promise<void> {
  await clock.advance(ms);
  await wait();
}

async function online(door: { status(): { readonly state: string } }): Promise<void> {
  while (door.status().state !== "online") await settle();
}
