import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServiceReply } from "@edgetwin/cloud-protocol";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import type { RestRequest } from "./router.ts";
import { routerRig } from "./testing/router-rig.ts";
import { matchesFilter } from "./topic-filter.ts";

const request = (path: string, more: Partial<RestRequest> = {}): RestRequest => ({
  ...{ node: "pi-1", namespace: "default", path, search: "", method: "POST", headers: new Map() },
  body: Buffer.from("{}"),
  ...more,
});

function rigWithEnds(options: Parameters<typeof routerRig>[0] = {}) {
  const rig = routerRig(options);
  rig.endpoint("cloud", "rest");
  rig.endpoint("bus", "eventbus");
  rig.endpoint("service", "servicebus", { service_port: "8080" });
  rig.online.add("pi-1");
  const routes = () => rig.sent.map(({ node, envelope: { route } }) => `${node} ${route.operation} ${route.resource}`);
  const toTopic = (name: string, path: string, topic: string) =>
    rig.rule(name, { source: "cloud", sourceResource: { path }, target: "bus", targetResource: { topic } });
  const toService = (name: string, path: string, servicePath: string) =>
    rig.rule(name, {
      source: "cloud",
      sourceResource: { path },
      target: "service",
      targetResource: { path: servicePath },
    });
  const fromTopic = (name: string, topic: string, node_name = "pi-1", resource = "http://127.0.0.1:9/in") =>
    rig.rule(name, {
      source: "bus",
      sourceResource: { topic, node_name },
      target: "cloud",
      targetResource: { resource },
    });
  return { ...rig, routes, toTopic, toService, fromTopic };
}

test("the longest path wins, whole segments only, and what is behind it goes on", async () => {
  const on = rigWithEnds();
  on.toTopic("short", "/lamp", "lamps");
  on.toTopic("long", "/lamp/red", "red");
  on.toTopic("root", "/", "all");
  for (const path of ["/lamp", "/lamp/red/on", "/lampshade", "/lamp/a%20b"]) await on.router.request(request(path));
  assert.deepEqual(on.routes(), [
    "pi-1 publish lamps",
    "pi-1 publish red/on",
    "pi-1 publish all/lampshade",
    "pi-1 publish lamps/a b",
  ]);
  assert.equal((await on.router.request(request("/lamp/%2B/x"))).status, 400);
  assert.equal((await on.router.request(request("/lamp/%zz"))).status, 400);
  assert.equal((await on.router.request(request("/lamp", { namespace: "other" }))).status, 404);
  await on[Symbol.asyncDispose]();
});

test("a rule takes effect as it comes, changes and goes, and when its endpoints do", async () => {
  const on = rigWithEnds();
  on.fromTopic("r", "a/+");
  on.fromTopic("r", "b");
  on.fromTopic("twin", "b");
  on.rules.remove("default/r");
  assert.deepEqual(on.routes(), [
    "pi-1 subscribe default/a/+",
    "pi-1 unsubscribe default/a/+",
    "pi-1 subscribe default/b",
    "pi-1 subscribe default/b",
  ]);
  // The twin still wants it; without its endpoint nobody does.
  on.endpoints.remove("default/bus");
  assert.equal(on.routes().at(-1), "pi-1 unsubscribe default/b");
  on.endpoint("bus", "eventbus");
  assert.equal(on.routes().at(-1), "pi-1 subscribe default/b");
  await on[Symbol.asyncDispose]();
});

test("a node is told its rules at every connect, and only its own", async () => {
  const on = rigWithEnds();
  on.online.clear();
  on.fromTopic("one", "a");
  on.fromTopic("other", "b", "pi-2");
  on.rule("url", {
    ...{ source: "service", sourceResource: { target_url: "http://cloud/x", node_name: "pi-1" } },
    ...{ target: "cloud", targetResource: { resource: "http://127.0.0.1:9/in" } },
  });
  assert.deepEqual(on.routes(), []);
  on.online.add("pi-1");
  on.router.connected("pi-1");
  assert.deepEqual(on.routes(), ["pi-1 subscribe default/a", "pi-1 start http://cloud/x"]);
  assert.equal(on.router.call("pi-2", { url: "http://cloud/x", request: "{}" }), undefined);
  assert.equal(on.router.call("pi-1", { url: "http://cloud/y", request: "{}" }), undefined);
  // What a node sends that no rule of it wants, it is asked to send no more.
  on.router.upload("pi-1", { topic: "default/b", payload: "1" });
  assert.equal(on.routes().at(-1), "pi-1 unsubscribe default/b");
  await on[Symbol.asyncDispose]();
});

test("a service's answer is passed on as it is, and every way without one has its own status", async () => {
  const clock = new ManualClock();
  const on = rigWithEnds({ clock, timeoutMs: 1000 });
  on.toService("s", "/s", "/app");
  const reply = (status: number): ServiceReply => ({
    parentId: on.sent.at(-1)?.envelope.header.id ?? "",
    ...{ status, headers: new Map([["X-App", ["1"]]]), body: Buffer.from("no") },
  });
  const refused = on.router.request(request("/s/a", { search: "?q=1" }));
  assert.equal(on.routes().at(-1), "pi-1 POST 8080:/app/a?q=1");
  // Another node cannot answer for it.
  on.router.reply("pi-2", reply(200));
  on.router.reply("pi-1", reply(403));
  assert.deepEqual({ ...(await refused), body: "" }, { status: 403, headers: new Map([["X-App", ["1"]]]), body: "" });
  const late = on.router.request(request("/s"));
  await clock.advance(1000);
  assert.equal((await late).status, 504);
  const lost = on.router.request(request("/s"));
  on.router.disconnected("pi-1");
  assert.equal((await lost).status, 502);
  const many = Array.from({ length: 33 }, () => on.router.request(request("/s")));
  assert.equal((await many.at(-1))?.status, 429);
  on.online.clear();
  on.router.disconnected("pi-1");
  assert.equal((await on.router.request(request("/s"))).status, 503);
  await on[Symbol.asyncDispose]();
  assert.equal(clock.timers, 0);
});

test("a rule's status counts what it carried and says why it failed, in few patches", async () => {
  const clock = new ManualClock();
  const on = rigWithEnds({ clock });
  on.toTopic("t", "/t", "t");
  for (let at = 0; at < 100; at++) await on.router.request(request("/t"));
  on.online.clear();
  for (let at = 0; at < 3; at++) await on.router.request(request("/t"));
  on.rule("broken", { source: "cloud", sourceResource: {}, target: "nowhere", targetResource: {} });
  await clock.advance(50);
  assert.deepEqual(on.patched, [
    {
      name: "t",
      patch: { status: { successMessages: 100, failMessages: 3, errors: ["node pi-1 is not connected"] } },
    },
    {
      name: "broken",
      patch: {
        status: {
          ...{ successMessages: 0, failMessages: 0 },
          errors: [
            'spec.target: Not found: "nowhere": there is no RuleEndpoint "nowhere" in namespace "default"; create it first',
          ],
        },
      },
    },
  ]);
  on.endpoint("nowhere", "eventbus");
  on.rule("broken", {
    source: "cloud",
    sourceResource: { path: "/b" },
    target: "nowhere",
    targetResource: { topic: "b" },
  });
  await clock.advance(50);
  assert.deepEqual(on.patched.at(-1), {
    name: "broken",
    patch: { status: { successMessages: 0, failMessages: 0, errors: [] } },
  });
  await on[Symbol.asyncDispose]();
});

test("filters match as MQTT says", () => {
  const cases: readonly [string, string, boolean][] = [
    ["a/b", "a/b", true],
    ["a/b", "a/b/c", false],
    ["a/+", "a/b", true],
    ["a/+", "a", false],
    ["a/+/c", "a//c", true],
    ["a/#", "a", true],
    ["a/#", "a/b/c", true],
    ["#", "x/y", true],
    ["+", "x/y", false],
  ];
  for (const [filter, topic, matches] of cases)
    assert.equal(matchesFilter(filter, topic), matches, `${filter} ${topic}`);
});
