import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultBrokerLimits } from "./limits.ts";
import { Sessions } from "./sessions.ts";

const subscription = { topic: "plan", qos: 1 };

test("beyond the limit the session that is away longest is given up, never a connected one", async () => {
  const connected = new Set(["a"]);
  const sessions = new Sessions({ ...defaultBrokerLimits, sessions: 2 }, (client) => connected.has(client));
  await sessions.addSubscriptions({ id: "a" }, [subscription]);
  await sessions.addSubscriptions({ id: "b" }, [subscription]);
  await sessions.addSubscriptions({ id: "c" }, [subscription]);
  assert.equal(sessions.size, 2);
  const kept = await Promise.all(["a", "b", "c"].map((id) => sessions.subscriptionsByClient({ id })));
  assert.deepEqual(
    kept.map((list) => list.length),
    [1, 0, 1],
  );
});

test("QoS 0 subscriptions are remembered, but nothing is queued for them", async () => {
  const sessions = new Sessions(defaultBrokerLimits, () => false);
  await sessions.addSubscriptions({ id: "a" }, [{ topic: "plan", qos: 0 }]);
  sessions.keep({ cmd: "publish", topic: "plan", payload: "x", brokerId: "b", brokerCounter: 1 });
  assert.equal(sessions.wants("plan"), false);
  assert.deepEqual(await sessions.outgoingStream({ id: "a" }).toArray(), []);
  assert.equal((await sessions.subscriptionsByClient({ id: "a" })).length, 1);
});

test("a session that subscribes twice to one topic, or through two filters, gets one copy", async () => {
  const sessions = new Sessions(defaultBrokerLimits, () => false);
  await sessions.addSubscriptions({ id: "a" }, [subscription]);
  await sessions.addSubscriptions({ id: "a" }, [subscription, { topic: "+", qos: 1 }]);
  sessions.keep({ cmd: "publish", topic: "plan", payload: "x", brokerId: "b", brokerCounter: 1 });
  assert.equal((await sessions.outgoingStream({ id: "a" }).toArray()).length, 1);
});

test("a clean connection ends the session", async () => {
  const sessions = new Sessions(defaultBrokerLimits, () => false);
  await sessions.addSubscriptions({ id: "a" }, [subscription]);
  await sessions.cleanSubscriptions({ id: "a" });
  assert.equal(sessions.size, 0);
  assert.equal(sessions.wants("plan"), false);
});

test("retained messages have a limit, which an update of a known topic does not touch", async () => {
  const sessions = new Sessions({ ...defaultBrokerLimits, retainedMessages: 1 }, () => false);
  for (const [topic, payload] of [
    ["a", "1"],
    ["b", "1"],
    ["a", "2"],
  ]) {
    await sessions.storeRetained({ cmd: "publish", topic: topic ?? "", payload: payload ?? "" });
  }
  const kept = (await sessions.createRetainedStreamCombi(["#"]).toArray()) as { payload: string }[];
  assert.deepEqual(
    kept.map(({ payload }) => payload),
    ["2"],
  );
  assert.equal(sessions.dropped, 1);
});

test("a QoS 2 message of a client is known until it is released", async () => {
  const sessions = new Sessions(defaultBrokerLimits, () => true);
  const message = { cmd: "publish", topic: "t", payload: "x", messageId: 9 };
  await sessions.incomingStorePacket({ id: "a" }, message);
  assert.equal((await sessions.incomingGetPacket({ id: "a" }, { messageId: 9 })).topic, "t");
  await assert.rejects(sessions.incomingGetPacket({ id: "b" }, { messageId: 9 }), /client b has no packet 9/);
  await sessions.incomingDelPacket({ id: "a" }, { messageId: 9 });
  await assert.rejects(sessions.incomingGetPacket({ id: "a" }, { messageId: 9 }));
});

test("retained messages have a limit in bytes, and an emptied one gives its room back", async () => {
  const sessions = new Sessions({ ...defaultBrokerLimits, retainedBytes: 10 }, () => false);
  const retain = (topic: string, payload: string) => sessions.storeRetained({ cmd: "publish", topic, payload });
  const kept = async () => (await sessions.createRetainedStreamCombi(["#"]).toArray()).length;
  await retain("a", "123456789");
  await retain("b", "1");
  assert.equal(await kept(), 1);
  await retain("a", "");
  await retain("b", "1");
  assert.equal(await kept(), 1);
  assert.equal(sessions.dropped, 1);
});

test("a client that never releases its QoS 2 messages is refused more of them, by number and by bytes", async () => {
  const limits = { ...defaultBrokerLimits, queuedMessagesPerSession: 2, queuedBytesPerSession: 10 };
  const sessions = new Sessions(limits, () => true);
  const store = (messageId: number, payload: string) =>
    sessions.incomingStorePacket({ id: "a" }, { cmd: "publish", topic: "t", payload, messageId });
  await store(1, "1");
  await assert.rejects(store(2, "1234567890"), /wait for their PUBREL/);
  await store(2, "2");
  await assert.rejects(store(3, "3"), /2 QoS 2 messages wait for their PUBREL/);
  await store(2, "again");
});

test("QoS 2 messages of clients that went away are given up beyond the limit of sessions", async () => {
  const sessions = new Sessions({ ...defaultBrokerLimits, sessions: 2 }, () => false);
  const message = { cmd: "publish", topic: "t", payload: "x", messageId: 9 };
  for (const id of ["a", "b", "c"]) await sessions.incomingStorePacket({ id }, message);
  await assert.rejects(sessions.incomingGetPacket({ id: "a" }, message));
  assert.equal((await sessions.incomingGetPacket({ id: "c" }, message)).topic, "t");
});
