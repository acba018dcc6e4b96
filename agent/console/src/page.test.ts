import assert from "node:assert/strict";
import { test } from "node:test";
import { bandPaths, linePath, rangeOf } from "./chart-path.ts";
import { controlOf } from "./control-kind.ts";
import { showAge, showBytes, showValue } from "./format.ts";
import { headerPins, userOf } from "./header-pins.ts";
import { routeOf } from "./route.ts";
import { languageOf, languages, say } from "./texts.ts";

test("a property is changed by what its model says", () => {
  const cases = [
    [{ type: "BOOLEAN" }, "switch"],
    [{ type: "STRING", options: ["OFF", "ON"] }, "switch"],
    [{ type: "STRING", options: ["0001", "AUTO"] }, "choice"],
    [{ type: "INT", min: 0, max: 100 }, "slider"],
    [{ type: "DOUBLE", min: 0, max: 1 }, "slider"],
    [{ type: "INT", min: 0, max: 65_535 }, "field"],
    [{ type: "INT" }, "field"],
    [{ type: "INT", min: 5, max: 5 }, "field"],
    [{ type: "STRING" }, "field"],
  ] as const;
  for (const [facts, kind] of cases) assert.equal(controlOf(facts), kind, JSON.stringify(facts));
});

test("values, ages and sizes are short enough for a phone", () => {
  assert.equal(showValue(21.5000003814697, "°C"), "21.5 °C");
  assert.equal(showValue(21, "Cel"), "21 °C");
  assert.equal(showValue(21, "furlong"), "21 furlong");
  assert.equal(showValue("x".repeat(4096)).length, 80);
  assert.equal(showValue(undefined), "–");
  assert.deepEqual([0, 999, 1000, 59_999, 90_000, 7_200_000, 200_000_000].map(showAge), [
    ...["0 s", "0 s", "1 s", "59 s", "1 min", "2 h", "2 d"],
  ]);
  assert.deepEqual([12, 1500, 2_500_000].map(showBytes), ["12 B", "1.5 kB", "2.5 MB"]);
});

test("a line is broken where nothing is known, and a flat one has room", () => {
  assert.equal(linePath([1, null, 3], { width: 100, height: 10 }), "M0 9M100 1");
  assert.equal(linePath([null, null], { width: 100, height: 10 }), "");
  assert.deepEqual(rangeOf([5, 5]), [4, 6]);
  assert.deepEqual(
    bandPaths(
      [
        { min: 1, max: 3 },
        { min: null, max: null },
        { min: 2, max: 2 },
      ],
      { width: 100, height: 12 },
    ),
    ["M0 1L0 11Z", "M100 6L100 6Z"],
  );
});

test("the header has forty pins, with power, ground and who holds each line", () => {
  assert.deepEqual(headerPins([{ name: "GPIO5", labels: [] }]), []);
  const pins = headerPins([{ name: "GPIO26", pin: 37, labels: [], holder: "default/lamp red" }]);
  assert.equal(pins.length, 40);
  assert.deepEqual(pins[36]?.user, { device: "default/lamp", property: "red" });
  assert.deepEqual([pins[0]?.name, pins[1]?.name, pins[38]?.kind, pins[26]?.kind], ["3V3", "5V", "ground", "reserved"]);
  assert.equal(pins.filter(({ kind }) => kind === "ground").length, 8);
  assert.equal(userOf("spi0 CS0"), undefined);
  assert.equal(userOf(undefined), undefined);
});

test("addresses that nobody knows show the devices", () => {
  assert.deepEqual(routeOf("#/device/default/lamp/red%20one"), {
    page: "device",
    id: "default/lamp",
    property: "red one",
  });
  assert.deepEqual(routeOf("#/board"), { page: "board" });
  for (const hash of ["", "#/", "#/nowhere", "#/device/default", "#/device/%E0%A4%A/"]) {
    assert.deepEqual(routeOf(hash), { page: "devices" }, hash);
  }
});

test("every text is there in every language, with the same places to fill in", () => {
  const places = (text: string) => [...text.matchAll(/\{\w*\}/g)].map(String).sort();
  for (const language of Object.keys(languages) as (keyof typeof languages)[]) {
    for (const [name, text] of Object.entries(languages.en)) {
      const said = languages[language][name as keyof typeof languages.en];
      assert.ok(said.length > 0, `${language} ${name}`);
      assert.deepEqual(places(said), places(text), `${language} ${name}`);
    }
  }
  assert.equal(say("en", "ago", "3 s"), "3 s ago");
  assert.equal(languageOf(["zh-CN", "en"]), "zh");
  assert.equal(languageOf(["en-GB", "zh"]), "en");
  assert.equal(languageOf(["de"]), "en");
});
