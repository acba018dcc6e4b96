import assert from "node:assert/strict";
import { test } from "node:test";
import { parseEnvelope, wantsAcknowledgement } from "@edgetwin/cloud-protocol";
import { readRecording, recordings } from "@edgetwin/cloud-protocol/testing";
import { joined } from "./support/joined-agent.ts";

const pod = {
  metadata: { name: "web", namespace: "default", uid: "pod", deletionTimestamp: "2026-11-20T12:00:00Z" },
  spec: { nodeName: "rec-1", containers: [{ name: "web", image: "nginx" }] },
};

test("everything that CloudCore sends again until it is acknowledged is acknowledged, whatever it is", async () => {
  await using node = await joined();
  const { cloud } = node;
  await node.start();
  await cloud.until(() => cloud.sessions === 1 && cloud.keepalives > 0);
  const frames = [];
  for (const name of await recordings()) {
    for (const { dir, frame } of await readRecording(name)) if (dir === "down" && frame) frames.push(frame);
  }
  // What CloudCore sends to nodes that run pods, which the recordings do not have: ours cannot.
  const unable = [
    "default/pod/web",
    "default/service/web",
    "default/endpoints/web",
    "null/persistentvolume/pv",
    "default/x/y",
  ].flatMap((resource) =>
    ["insert", "update", "delete"].map((operation) => ({
      header: { msg_id: `${operation} ${resource}`, timestamp: 1, resourceversion: "5" },
      route: { source: "edgecontroller", group: "resource", operation, resource },
      content: pod,
    })),
  );
  const wanted = new Set<string>();
  for (const frame of [...frames, ...unable]) {
    const envelope = parseEnvelope(JSON.stringify(frame));
    if (wantsAcknowledgement(envelope) && envelope.header.id !== "") wanted.add(envelope.header.id);
    cloud.send(frame);
  }
  assert.ok(wanted.size > 100);
  const answered = () =>
    new Set(cloud.up.flatMap(({ header }) => (header.parentId === undefined ? [] : [header.parentId])));
  await cloud.until(() => [...wanted].every((id) => answered().has(id)));
  // Never "error", which would have CloudCore send it again.
  const errors = cloud.up.filter(
    ({ route, header }) => route.operation === "error" && wanted.has(header.parentId ?? ""),
  );
  assert.deepEqual(
    errors.map(({ route }) => route.resource),
    [],
  );
  assert.equal(cloud.sessions, 1);
});

test("what CloudCore waits for without sending it again, jobs and volumes, is dropped and ends nothing", async () => {
  await using node = await joined();
  const { cloud } = node;
  await node.start();
  await cloud.until(() => cloud.sessions === 1 && cloud.keepalives > 0);
  const from = cloud.up.length;
  const messages = [
    ["csidriver", "resource/volume", "createvolume", "default/volume/v"],
    ["taskmanager", "taskmanager", "upgrade", "operations.kubeedge.io/node"],
    ["edgecontroller", "meta", "applicationResponse", "default/application/a"],
    ["", "", "", ""],
  ];
  for (const [source, group, operation, resource] of messages) {
    cloud.send({
      header: { msg_id: String(resource), timestamp: 1 },
      route: { source, group, operation, resource },
      content: "x",
    });
  }
  await cloud.push("update", "default/pod/last", pod);
  const answers = cloud.up
    .slice(from)
    .filter(({ header }) => messages.some(([, , , resource]) => resource !== "" && header.parentId === resource));
  assert.deepEqual(answers, []);
  assert.equal(cloud.sessions, 1);
});
