import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type SnapshotSource, WatchClient, type WatchSink } from "./watch-client.ts";

const highWaterMark = 16;

/** A connection whose reader the test plays. */
class Connection implements WatchSink {
  readonly sent: string[] = [];
  #waiting: string[] = [];
  #callbacks: (() => void)[] = [];
  #onDrain = () => {};

  get writableLength(): number {
    return this.#waiting.join("").length;
  }

  write(text: string, sent?: () => void): boolean {
    this.#waiting.push(text);
    if (sent) this.#callbacks.push(sent);
    return this.writableLength < highWaterMark;
  }

  on(_event: "drain", listener: () => void): void {
    this.#onDrain = listener;
  }

  /** The reader takes everything that waits. */
  read(): void {
    const wasFull = this.writableLength >= highWaterMark;
    this.sent.push(...this.#waiting.splice(0).filter((text) => !text.startsWith(":")));
    for (const callback of this.#callbacks.splice(0)) callback();
    if (wasFull) this.#onDrain();
  }
}

/** Resources with a value each, shown as `key=value;`. */
function resources(values: Map<string, number>): SnapshotSource {
  return {
    keys: () => [...values.keys()],
    frameOf: (key) => (values.has(key) ? `${key}=${values.get(key)};` : undefined),
    resync: (reason) => `resync ${reason};`,
    synced: () => "synced;",
  };
}

test("a snapshot is written as fast as the client reads, and shows what changed before its turn came", () => {
  const values = new Map([
    ["a", 1],
    ["b", 1],
    ["c", 1],
  ]);
  const response = new Connection();
  const client = new WatchClient({ response, source: resources(values), bufferBytes: 100 });
  client.resync("start");
  values.set("c", 2);
  client.offer("c", "c=2;");
  client.offer("a", "a=9;");
  for (let turn = 0; turn < 5; turn++) response.read();
  assert.deepEqual(response.sent, ["resync start;", "a=1;", "a=9;", "b=1;", "c=2;", "synced;"]);
});

test("a resource that is deleted before its turn is left out", () => {
  const values = new Map([
    ["a", 1],
    ["b", 1],
  ]);
  const response = new Connection();
  const client = new WatchClient({ response, source: resources(values), bufferBytes: 100 });
  client.resync("start");
  values.delete("b");
  for (let turn = 0; turn < 5; turn++) response.read();
  assert.deepEqual(response.sent, ["resync start;", "a=1;", "synced;"]);
});

test("a client that reads nothing is given up after so many ticks, one that reads is not", () => {
  const response = new Connection();
  const client = new WatchClient({ response, source: resources(new Map([["a", 1]])), bufferBytes: 100 });
  client.resync("start");
  assert.deepEqual(
    [1, 2, 3].map(() => client.tick(":", 2)),
    [true, true, false],
  );
  response.read();
  response.read();
  for (let tick = 0; tick < 10; tick++) {
    assert.equal(client.tick(":", 2), true);
    response.read();
  }
});

test("whatever is offered and read, the buffer stays bounded and the client ends with the newest values", () => {
  const step = fc.oneof(
    fc.record({ key: fc.constantFrom("a", "b", "c"), value: fc.integer({ min: 0, max: 999 }) }),
    fc.constant("read" as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const values = new Map([
        ["a", 0],
        ["b", 0],
        ["c", 0],
      ]);
      const response = new Connection();
      const client = new WatchClient({ response, source: resources(values), bufferBytes: 40 });
      client.resync("start");
      for (const next of steps) {
        if (next === "read") response.read();
        else {
          values.set(next.key, next.value);
          client.offer(next.key, `${next.key}=${next.value};`);
        }
        assert.ok(response.writableLength <= 40 + highWaterMark + "resync start;".length);
      }
      for (let turn = 0; turn < 10; turn++) response.read();
      const known = new Map<string, number>();
      for (const frame of response.sent) {
        if (frame.startsWith("resync")) known.clear();
        const [, key = "", value] = /^(\w)=(\d+);$/.exec(frame) ?? [];
        if (key) known.set(key, Number(value));
      }
      assert.deepEqual(known, values);
    }),
  );
});

test("a client that lags comes back although the stream never said that it was full", () => {
  const values = new Map([["a", 1]]);
  const response = new Connection();
  const client = new WatchClient({ response, source: resources(values), bufferBytes: highWaterMark - 8 });
  client.resync("start");
  response.read();
  client.offer("a", "a=2;");
  client.offer("a", "a=3;");
  values.set("a", 4);
  client.offer("a", "a=4;");
  assert.equal(client.lagging, true);
  for (let turn = 0; turn < 5; turn++) response.read();
  assert.equal(client.lagging, false);
  assert.deepEqual(response.sent.slice(-3), ["resync slow;", "a=4;", "synced;"]);
});
