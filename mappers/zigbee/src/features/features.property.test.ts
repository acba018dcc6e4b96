import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalColor, colorRaw, colorText } from "./color.ts";
import type { Feature } from "./feature.ts";
import { featureNames, featureOf } from "./features.ts";

const anything = fc.anything({ maxDepth: 1 });

test("no feature makes a value of nonsense: what it decodes has the type that it promises, and is finite", () => {
  for (const name of featureNames) {
    const { types, attributes, scaling, decode }: Feature = featureOf(name);
    const names = [...attributes, ...(scaling ? [scaling.multiplier, scaling.divisor] : [])];
    const raw = fc.record(Object.fromEntries(names.map((attribute) => [attribute, anything])), { requiredKeys: [] });
    fc.assert(
      fc.property(raw, (attributes) => {
        const value = decode(attributes);
        if (value === undefined) return;
        if (types[0] === "BOOLEAN") assert.equal(typeof value, "boolean");
        else if (types[0] === "STRING") assert.equal(typeof value, "string");
        else assert.ok(Number.isFinite(value), `${name} became ${String(value)}`);
      }),
    );
  }
});

test("a level is read back as it was written", () => {
  const { command, decode } = featureOf("level");
  for (let percent = 0; percent <= 100; percent++) {
    const sent = command?.(percent);
    assert.equal(decode({ currentLevel: sent?.payload.level }), percent);
  }
});

test("a colour is read back as it was written, and people may write it as they know it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9000 }), fc.integer({ min: 1, max: 9000 }), (x, y) => {
      const text = `0.${String(x).padStart(4, "0")},0.${String(y).padStart(4, "0")}`;
      const raw = colorRaw(text);
      assert.equal(colorText(raw.x, raw.y), text);
      assert.equal(canonicalColor(text), text);
      assert.equal(canonicalColor(canonicalColor(text)), text);
    }),
  );
  assert.equal(canonicalColor("#ff0000"), "0.6401,0.3300");
  assert.equal(canonicalColor("#000000"), "0.3127,0.3290");
  assert.equal(canonicalColor(".3,.3"), "0.3000,0.3000");
  for (const wrong of ["red", "#ff00", "0.3", "0.3,0", "1.5,0.2", ""])
    assert.throws(() => canonicalColor(wrong), { code: "VALUE_INVALID" });
});

test("what a device cannot measure now is no value", () => {
  assert.equal(featureOf("temperature").decode({ measuredValue: -32_768 }), undefined);
  assert.equal(featureOf("humidity").decode({ measuredValue: 0xffff }), undefined);
  assert.equal(featureOf("battery").decode({ batteryPercentageRemaining: 0xff }), undefined);
  assert.equal(featureOf("energy").decode({ currentSummDelivered: 123_456, multiplier: 1, divisor: 1000 }), 123.456);
  assert.equal(featureOf("power").decode({ activePower: -15, acPowerMultiplier: 1, acPowerDivisor: 10 }), -1.5);
  assert.equal(featureOf("illuminance").decode({ measuredValue: 10_001 }), 10);
});
