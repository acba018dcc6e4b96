import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Bus, BusHandler } from "../../src/bus/bus.ts";
import { deviceAnswers, deviceRequests, deviceTopic } from "../../src/bus/device-topics.ts";
import { defaultBrokerLimits } from "../../src/bus/limits.ts";
import { topicCatalogue } from "../../src/bus/topic-catalogue.ts";
import { matchesFilter } from "../../src/bus/topic-table.ts";
import { connectTwinTopics } from "../../src/bus/twin-topics.ts";
import { differences } from "./replay/differences.ts";
import { createTestCore } from "./test-node.ts";

const page = readFileSync(new URL("../../../../docs/reference/mqtt-topics.md", import.meta.url), "utf8");

/** The rows of the table below a heading (or the first one), cells without back quotes. */
function table(heading: string): string[][] {
  const from = page.slice(page.indexOf(heading));
  const rows = /(?:^\|.*\n)+/m.exec(from)?.[0].trim().split("\n").slice(2) ?? [];
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`([^`]*)`$/, "$1")),
  );
}

test("the page shows every topic of the catalogue, and no other", () => {
  const listed = topicCatalogue.map(({ topic, publishedBy, purpose }) => [topic, publishedBy, purpose]);
  assert.deepEqual(table("# MQTT topics").sort(), listed.sort());
});

test("the agent subscribes to what the catalogue says that clients publish, in both forms", async () => {
  const filters: string[] = [];
  await using core = createTestCore();
  const bus: Bus = {
    subscribe(filter: string, _handler: BusHandler) {
      filters.push(filter);
      return () => undefined;
    },
    publish: () => undefined,
    hasSubscribers: () => false,
    onSubscribed: () => () => undefined,
    onConnected: () => () => undefined,
    peers: () => [],
    seesSubscriptions: true,
    condition: () => ({ state: "ok" }),
    figures: () => ({
      clients: 0,
      received: 0,
      published: 0,
      dropped: { "slow client": 0, "offline session": 0, disconnected: 0 },
    }),
    async [Symbol.asyncDispose]() {},
  };
  connectTwinTopics({ bus, core });
  const asked = topicCatalogue.filter(({ topic, publishedBy }) => publishedBy === "client" && topic.startsWith("$hw/"));
  const topics = asked.flatMap(({ topic }) => [
    topic.replace("{device}", "light").replace("{node}", "pi"),
    topic.replace("{device}", "default/light").replace("{node}", "pi"),
  ]);
  for (const topic of topics) assert.equal(filters.filter((filter) => matchesFilter(filter, topic)).length, 1, topic);
  for (const filter of filters)
    assert.ok(
      topics.some((topic) => matchesFilter(filter, topic)),
      filter,
    );
});

test("the catalogue has every request and every answer of a device", () => {
  const topics = topicCatalogue.map(({ topic }) => topic);
  for (const verb of [...deviceRequests, ...deviceAnswers])
    assert.ok(topics.includes(deviceTopic("{device}", verb)), verb);
});

test("the page shows the broker's limits", () => {
  const shown = Object.fromEntries(table("## Limits of our own broker").map(([name, value]) => [name, Number(value)]));
  assert.deepEqual(shown, { ...defaultBrokerLimits });
});

test("the page lists exactly the differences that the replay checks", () => {
  const section = page.slice(page.indexOf("## Where it differs"));
  const listed = [...section.matchAll(/^- (.*)$/gm)].map(([, name]) => name);
  assert.deepEqual(listed, Object.keys(differences));
});

test("the page explains every error code that an answer can have", () => {
  assert.deepEqual(
    table("## Errors").map(([code]) => code),
    ["400", "404", "409", "500"],
  );
});
