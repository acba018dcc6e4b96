import assert from "node:assert/strict";
import { test } from "node:test";
import { type Fields, fieldsAt } from "../../src/api-server/api-object.ts";
import { startTestServer } from "../../src/api-server/testing/test-server.ts";
import { device, devices } from "./objects.ts";

const shown = ({ type, object }: Fields) => `${type} ${fieldsAt(object, "metadata").name}`;
const merge = "application/merge-patch+json";

async function take(events: AsyncGenerator<Fields>, count: number): Promise<Fields[]> {
  const taken: Fields[] = [];
  while (taken.length < count) {
    const next = await events.next();
    if (next.done) break;
    taken.push(next.value);
  }
  return taken;
}

test("a watch tells what is there, then what happens, in order", async () => {
  await using api = await startTestServer();
  const end = new AbortController();
  await api.send("POST", devices, { body: device("a") });
  const events = api.events(`${devices}?watch=true`, end.signal);
  assert.deepEqual((await take(events, 1)).map(shown), ["ADDED a"]);
  await api.send("POST", devices, { body: device("b") });
  await api.send("PATCH", `${devices}/a`, { body: { spec: { nodeName: "x" } }, type: merge });
  await api.send("DELETE", `${devices}/b`);
  assert.deepEqual((await take(events, 3)).map(shown), ["ADDED b", "MODIFIED a", "DELETED b"]);
  end.abort();
});

test("an object that begins or stops to be selected comes and goes", async () => {
  await using api = await startTestServer();
  const end = new AbortController();
  const { body } = await api.send("GET", devices);
  const since = fieldsAt(body.metadata).resourceVersion;
  const events = api.events(`${devices}?watch=true&labelSelector=on%3Dyes&resourceVersion=${since}`, end.signal);
  await api.send("POST", devices, { body: device("a") });
  await api.send("PATCH", `${devices}/a`, { body: { metadata: { labels: { on: "yes" } } }, type: merge });
  await api.send("PATCH", `${devices}/a`, { body: { spec: { nodeName: "x" } }, type: merge });
  await api.send("PATCH", `${devices}/a`, { body: { metadata: { labels: { on: "no" } } }, type: merge });
  await api.send("DELETE", `${devices}/a`);
  await api.send("POST", devices, { body: device("b", { labels: { on: "yes" } }) });
  assert.deepEqual((await take(events, 4)).map(shown), ["ADDED a", "MODIFIED a", "DELETED a", "ADDED b"]);
  end.abort();
});

test("a watch from a version that is no longer kept ends with 410, and a list goes on where it was", async () => {
  await using api = await startTestServer({ history: 10 });
  for (const name of ["a", "b", "c"]) await api.send("POST", devices, { body: device(name) });
  const page = await api.send("GET", `${devices}?limit=2`);
  assert.equal(fieldsAt(page.body.metadata).remainingItemCount, 1);
  for (let count = 0; count < 600; count++) {
    await api.send("PATCH", `${devices}/a`, { body: { spec: { nodeName: `n${count}` } }, type: merge });
  }
  const [event] = await take(api.events(`${devices}?watch=true&resourceVersion=12`, new AbortController().signal), 1);
  assert.deepEqual(
    [event?.type, fieldsAt(event?.object).code, fieldsAt(event?.object).reason],
    ["ERROR", 410, "Expired"],
  );
  const expired = await api.send("GET", `${devices}?limit=2&continue=${fieldsAt(page.body.metadata).continue}`);
  assert.deepEqual([expired.status, expired.body.reason], [410, "Expired"]);
  const rest = await api.send("GET", `${devices}?limit=2&continue=${fieldsAt(expired.body.metadata).continue}`);
  assert.deepEqual(
    (rest.body.items as Fields[]).map((item) => fieldsAt(item, "metadata").name),
    ["c"],
  );
});

test("initial events end with a bookmark that says so", async () => {
  await using api = await startTestServer();
  await api.send("POST", devices, { body: device("a") });
  const query =
    "watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1";
  const [first, mark, ...more] = await take(api.events(`${devices}?${query}`, new AbortController().signal), 9);
  assert.equal(shown(first ?? {}), "ADDED a");
  assert.deepEqual(fieldsAt(mark?.object, "metadata").annotations, { "k8s.io/initial-events-end": "true" });
  assert.deepEqual(more, []);
});

test("a slow client loses nothing and holds up nobody", async () => {
  await using api = await startTestServer();
  const end = new AbortController();
  const slow = await fetch(`${api.server.url}${devices}?watch=true`, {
    headers: { authorization: "Bearer admin" },
    signal: end.signal,
  });
  const padding = "x".repeat(100_000);
  for (let count = 0; count < 60; count++) {
    const body = { ...device(`d${count}`), metadata: { name: `d${count}`, annotations: { padding } } };
    assert.equal((await api.send("POST", devices, { body })).status, 201);
  }
  const names: unknown[] = [];
  let rest = "";
  for await (const chunk of slow.body as unknown as AsyncIterable<Uint8Array>) {
    const lines = (rest + Buffer.from(chunk).toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) names.push(fieldsAt(JSON.parse(line), "object", "metadata").name);
    if (names.length === 60) break;
  }
  assert.deepEqual(
    names,
    Array.from({ length: 60 }, (_, index) => `d${index}`),
  );
  end.abort();
});
