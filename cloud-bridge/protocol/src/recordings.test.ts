import assert from "node:assert/strict";
import { test } from "node:test";
import { messageOf } from "./catalogue.ts";
import { type Envelope, formatEnvelope, parseEnvelope } from "./envelope.ts";
import { ProtocolError } from "./errors.ts";
import { type RecordedFrame, readRecording, recordings } from "./testing/index.ts";

/** Frames that the recordings send on purpose although no message has their form, or that ask for what only pods need. */
const nonsense: readonly RegExp[] = [
  /frobnicate|"source":"nobody"|"group":"nobody"/,
  /^\{"header":\{"msg_id":""/,
  /podlist|devicemodel\/x"|device\/rp-1\/twin/,
  /"source":"edged","group":"resource"/,
];

const frames = async (): Promise<readonly RecordedFrame[]> => {
  const read = await Promise.all((await recordings()).map(readRecording));
  return read.flat().filter((line): line is RecordedFrame => line.frame !== undefined);
};

test("every message that KubeEdge was seen to send or take is known", async () => {
  const unknown = new Set<string>();
  for (const { sender, frame } of await frames()) {
    const text = JSON.stringify(frame);
    const envelope = parseEnvelope(text);
    if (!messageOf(sender, envelope) && !nonsense.some((one) => one.test(text)))
      unknown.add(`${sender} ${JSON.stringify(envelope.route)}`);
  }
  assert.deepEqual([...unknown], []);
});

test("what was read from a recorded message is read again from what is written of it", async () => {
  let compared = 0;
  for (const { sender, frame } of await frames()) {
    const envelope = parseEnvelope(JSON.stringify(frame));
    const message = messageOf(sender, envelope);
    if (!message) continue;
    const value = readable(() => message.read(envelope));
    if (value === undefined) continue;
    const { id, timestamp } = envelope.header;
    const again = parseEnvelope(formatEnvelope(message.write(value, { id, timestamp })));
    assert.equal(messageOf(sender, again), message, `${message.name} is taken for something else`);
    assert.deepEqual(message.read(again), value, message.name);
    assert.deepEqual(again.header.parentId, envelope.header.parentId, message.name);
    compared++;
  }
  assert.ok(compared > 500, `${compared} messages compared`);
});

test("objects of the cloud come through unchanged, and their version with them", async () => {
  for (const { sender, frame } of await frames()) {
    const envelope = parseEnvelope(JSON.stringify(frame));
    const message = messageOf(sender, envelope);
    if (message?.name !== "object change") continue;
    const again = message.write(message.read(envelope), envelope.header);
    assert.deepEqual(again, { ...envelope, header: again.header } satisfies Envelope);
    assert.equal(again.header.resourceVersion, envelope.header.resourceVersion);
  }
});

/** The recordings hold contents that are broken on purpose; reading them must say so. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof ProtocolError, String(error));
    assert.equal(error.code, "CONTENT_INVALID");
    return undefined;
  }
}
