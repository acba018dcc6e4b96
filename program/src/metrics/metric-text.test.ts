import assert from "node:assert/strict";
import { test } from "node:test";
import { Histogram } from "./histogram.ts";
import { metricText } from "./metric-text.ts";

test("writes help, type and labelled values, with everything escaped that needs it", () => {
  const text = metricText([
    {
      name: "edgetwin_lamps",
      type: "gauge",
      help: "Lamps.\nWith a \\.",
      samples: [{ value: 2 }, { labels: { name: 'a "b"\n\\', place: "hall" }, value: Infinity }],
    },
  ]);
  assert.equal(
    text,
    [
      "# HELP edgetwin_lamps Lamps.\\nWith a \\\\.",
      "# TYPE edgetwin_lamps gauge",
      "edgetwin_lamps 2",
      'edgetwin_lamps{name="a \\"b\\"\\n\\\\",place="hall"} +Inf',
      "",
    ].join("\n"),
  );
});

test("a histogram counts every value in all buckets that hold it", () => {
  const histogram = new Histogram({ name: "h_seconds", help: "H." }, [0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 7]) histogram.observe(value);
  assert.equal(
    metricText([histogram.family()]).split("\n").slice(2).join("\n"),
    [
      'h_seconds_bucket{le="0.1"} 2',
      'h_seconds_bucket{le="1"} 3',
      'h_seconds_bucket{le="+Inf"} 4',
      "h_seconds_sum 7.65",
      "h_seconds_count 4",
      "",
    ].join("\n"),
  );
});
