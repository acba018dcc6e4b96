import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { defaultLimits } from "../../src/api/api-state.ts";
import { examples } from "../../src/api/openapi/examples.ts";
import { allRoutes } from "../../src/api/routes/all.ts";

const page = readFileSync(new URL("../../../../docs/reference/rest.md", import.meta.url), "utf8");

test("docs/reference/rest.md lists exactly the routes, each with its query parameters and whether it needs a token", () => {
  const rows = [...page.matchAll(/^\| ([A-Z]+) \| `(\S+)` \| (.*) \|$/gm)].map(([, method, path, text = ""]) => ({
    route: `${method} ${path}`,
    query: [...text.matchAll(/`\?(\w+)=`/g)].map(([, name]) => name).sort(),
    open: text.includes("no token"),
  }));
  const routes = allRoutes.map(({ method, path, query = [], open = false }) => ({
    route: `${method} ${path}`,
    query: [...query].sort(),
    open,
  }));
  const byRoute = (a: { route: string }, b: { route: string }) => a.route.localeCompare(b.route);
  assert.deepEqual(rows.sort(byRoute), routes.sort(byRoute));
});

test("the limits on the page are those of the code", () => {
  const { bodyBytes, watchBufferBytes, keepAliveMs, watchers, maxWaitMs } = defaultLimits;
  for (const sentence of [
    `Bodies are limited to ${bodyBytes / 1024 ** 2} MiB`,
    `At most ${watchBufferBytes / 1024} KiB wait for one client`,
    `every ${keepAliveMs / 1000} s`,
    `At most ${watchers} watches may be open`,
    `at most ${maxWaitMs / 60_000} min`,
  ]) {
    assert.ok(page.replaceAll("\n", " ").replaceAll("  ", " ").includes(sentence), sentence);
  }
});

test("the example of a problem is the one that the OpenAPI document shows", () => {
  const [, json = ""] = /## Errors[\s\S]*?```json\n([\s\S]*?)```/.exec(page) ?? [];
  assert.deepEqual(JSON.parse(json), examples.Problem);
});
