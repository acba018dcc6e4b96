import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { lightId } from "./support/manifests.ts";
import { testApi } from "./support/test-api.ts";

const twin = `/api/v1/devices/${lightId}/twin`;

test("docs/reference/metrics.md lists exactly the metrics that the agent answers, with type and labels", async () => {
  await using api = await testApi();
  await api.ask(twin, { method: "PATCH", body: { desired: { red: "ON" } } });
  const { text, headers } = await api.ask("/metrics");
  assert.match(String(headers["content-type"]), /^text\/plain; version=0\.0\.4/);
  const answered = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => {
    const labels = [...text.matchAll(new RegExp(`^${name}(?:_bucket)?\\{(.*)\\} `, "gm"))].flatMap(([, inner = ""]) =>
      [...inner.matchAll(/(\w+)="/g)].map(([, label]) => label),
    );
    return [name, type, [...new Set(labels)].map((label) => `\`${label}\``).join(", ")].join(" | ");
  });
  const page = readFileSync(new URL("../../../../docs/reference/metrics.md", import.meta.url), "utf8");
  const documented = [...page.matchAll(/^\| `(\w+)` \| (\w+) \|(.*?)\|/gm)].map(([, name, type, labels = ""]) =>
    [name, type, labels.trim()].join(" | "),
  );
  assert.deepEqual(documented.sort(), answered.sort());
});

test("counts changes by door, refusals, phases and the time until a value is verified", async () => {
  await using api = await testApi();
  await api.ask(twin, { method: "PATCH", body: { desired: { red: "ON" } } });
  await api.ask(twin, { method: "PATCH", body: { desired: { red: "BLINK" } } });
  await api.core.clock.advance(300);
  await api.core.progress("red", "applying");
  await api.core.progress("red", "applied");
  await api.core.progress("red", "verified");
  await api.core.report("power", 1);
  const { text } = await api.ask("/metrics");
  for (const line of [
    'edgetwin_twin_changes_total{door="rest"} 1',
    'edgetwin_twin_changes_total{door="mapper"} 1',
    "edgetwin_refused_changes_total 1",
    'edgetwin_desired_values{phase="verified"} 1',
    'edgetwin_reported_values{quality="good"} 1',
    'edgetwin_devices{state="online"} 1',
    'edgetwin_desired_settle_seconds_bucket{le="0.25"} 0',
    'edgetwin_desired_settle_seconds_bucket{le="0.5"} 1',
    "edgetwin_desired_settle_seconds_sum 0.3",
    "edgetwin_desired_settle_seconds_count 1",
    "edgetwin_store_up 1",
  ]) {
    assert.ok(text.includes(`${line}\n`), line);
  }
});
