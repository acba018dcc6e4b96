import assert from "node:assert/strict";
import { test } from "node:test";
import type { Past } from "../../src/history/history.ts";
import type { Range } from "../../src/history/tier.ts";
import { testApi } from "./support/test-api.ts";

const path = "/api/v1/devices/default/traffic-light-instance-01/twin/red/history";

async function apiWith(past: Past | undefined) {
  const asked: Range[] = [];
  const history = async (_device: string, _property: string, range: Range) => {
    asked.push(range);
    return past;
  };
  return { asked, api: await testApi({ history }) };
}

test("the past of a number comes as spans, of a day unless told otherwise", async () => {
  const points = [
    { at: 0, min: 1, max: 3, mean: 2.5 },
    { at: 60_000, min: null, max: null, mean: null },
  ];
  const { asked, api } = await apiWith({ kind: "number", points });
  await using _ = api;
  const { status, body } = await api.ask(path);
  assert.equal(status, 200);
  const { kind, items } = body;
  assert.equal(kind, "number");
  assert.deepEqual(items, [
    { at: "1970-01-01T00:00:00.000Z", min: 1, max: 3, mean: 2.5 },
    { at: "1970-01-01T00:01:00.000Z", min: null, max: null, mean: null },
  ]);
  const now = api.core.clock.now();
  assert.deepEqual(asked, [{ fromMs: now - 86_400_000, toMs: now, points: 240 }]);
});

test("from and to are times or how long ago", async () => {
  const { asked, api } = await apiWith({ kind: "number", points: [] });
  await using _ = api;
  await api.ask(`${path}?from=2h&to=2000-01-01T00:00:00Z&points=7`);
  const now = api.core.clock.now();
  await api.ask(`${path}?from=2h&to=30min&points=7`);
  assert.deepEqual(asked.at(-1), { fromMs: now - 7_200_000, toMs: now - 1_800_000, points: 7 });
});

test("states can be had for a spreadsheet, whatever they begin with", async () => {
  const states = [
    { at: 0, value: "ON" },
    { at: 1000, value: null },
    { at: 2000, value: '=1+"2"' },
  ];
  const { api } = await apiWith({ kind: "state", states });
  await using _ = api;
  const { text: body, headers } = await api.ask(`${path}?format=csv`);
  assert.equal(headers["content-type"], "text/csv; charset=utf-8");
  assert.match(String(headers["content-disposition"]), /filename="red\.csv"/);
  const times = [0, 1000, 2000].map((ms) => new Date(ms).toISOString());
  assert.equal(body, `time,value\r\n${times[0]},ON\r\n${times[1]},\r\n${times[2]},"'=1+""2"""\r\n`);
});

test("what does not fit is refused with the parameter and the fix", async () => {
  const { api } = await apiWith({ kind: "number", points: [] });
  await using _ = api;
  const cases: readonly [query: string, detail: RegExp][] = [
    ["from=yesterday", /from must be a time like .* got "yesterday"/],
    ["from=1h&to=2h", /from \(.*\) must be before to/],
    ["points=0", /points must be a whole number from 1 to 2000, got "0"/],
    ["points=1e3", /points must be/],
    ["format=xml", /format must be json or csv, got "xml"/],
    ["span=1h", /unknown query parameter "span"/],
  ];
  for (const [query, detail] of cases) {
    const { status, body } = await api.ask(`${path}?${query}`);
    assert.equal(status, 400, query);
    assert.match(body.detail, detail);
  }
});

test("what has no past is not found, and says why", async () => {
  const { api } = await apiWith(undefined);
  await using _ = api;
  const answer = await api.ask(path);
  assert.equal(answer.status, 404);
  assert.match(answer.body.detail, /red is STRING, of which no history is kept/);
  await using without = await testApi();
  assert.match((await without.ask(path)).body.detail, /this agent keeps no history; history\.enabled/);
});
