import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "@edgetwin/mapper-sdk/testing";
import { Announcements } from "./announcements.ts";

test("what is told waits until control had its turn, and keeps its order", async () => {
  const announcements = new Announcements<string>();
  const order: string[] = [];
  announcements.add("lamp", () => order.push("lamp is on"));
  announcements.add("fan", () => {
    order.push("fan is on");
    announcements.add("lamp", () => order.push("lamp is off"));
  });
  await Promise.resolve().then(() => order.push("control"));
  assert.deepEqual(order, ["control"]);
  await settle();
  assert.deepEqual(order, ["control", "lamp is on", "fan is on", "lamp is off"]);
});

test("before something else happens to a subject its news is out, once", async () => {
  const announcements = new Announcements<string>();
  const order: string[] = [];
  announcements.add("lamp", () => order.push("first"));
  announcements.add("lamp", () => order.push("second"));
  assert.deepEqual(order, ["first"]);
  announcements.flush("lamp");
  announcements.flush("lamp");
  await settle();
  assert.deepEqual(order, ["first", "second"]);
});
