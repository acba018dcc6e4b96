import assert from "node:assert/strict";
import { test } from "node:test";
import type { TwinReport } from "@edgetwin/cloud-protocol";
import fc from "fast-check";
import { ReportOrder } from "./report-order.ts";

const report = (value: string, timestamp: number): TwinReport => ({
  namespace: "default",
  name: "a",
  eventId: "",
  timestamp,
  twin: new Map([["t", { actual: { value, timestamp } }]]),
});

test("in whatever order reports come, and however often, the newest value is the one that stays", () => {
  const times = fc.array(fc.integer({ min: 0, max: 500_000 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(times, (arrivals) => {
      const order = new ReportOrder();
      let stored = "";
      for (const time of arrivals) {
        const news = order.news("a", report(String(time), time));
        if (!news) continue;
        stored = news.twin.get("t")?.actual?.value ?? "";
        order.taken("a", news);
      }
      assert.equal(stored, String(Math.max(...arrivals)));
    }),
  );
});

test("a device that leaves is forgotten", () => {
  const order = new ReportOrder();
  order.taken("a", report("1", 5000));
  order.forget("a");
  assert.ok(order.news("a", report("0", 1000)));
});
