import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Air, airAfter, type Influences } from "./air.ts";

const outside: Air = { temperature: 8, humidity: 70 };
const quiet: Influences = { outside, watts: 0, gramsPerSecond: 0, fan: 0 };
const inside: Air = { temperature: 22, humidity: 60 };
const after10Minutes = (changed: Partial<Influences>) => airAfter(inside, { ...quiet, ...changed }, 600);

describe("the air under the glass", () => {
  test("cools towards the air outside, and is warmer with the heater on", () => {
    const cooled = after10Minutes({}).temperature;
    assert.ok(cooled < 21 && cooled > outside.temperature, `${cooled}`);
    assert.ok(after10Minutes({ watts: 1000 }).temperature > inside.temperature);
  });

  test("is brought close to the air outside by the fan", () => {
    const { temperature } = after10Minutes({ fan: 1 });
    assert.ok(Math.abs(temperature - outside.temperature) < 4, `${temperature}`);
  });

  test("gets moist by the mist, and dries when it is heated", () => {
    assert.ok(after10Minutes({ gramsPerSecond: 0.4 }).humidity > after10Minutes({}).humidity);
    assert.ok(after10Minutes({ watts: 1500 }).humidity < inside.humidity);
  });

  test("comes to the same whether time passes in one piece or in many", () => {
    let air = inside;
    for (let seconds = 0; seconds < 600; seconds++) air = airAfter(air, { ...quiet, fan: 0.5, watts: 800 }, 1);
    const once = after10Minutes({ fan: 0.5, watts: 800 });
    assert.ok(Math.abs(air.temperature - once.temperature) < 0.1, `${air.temperature} ${once.temperature}`);
    assert.ok(Math.abs(air.humidity - once.humidity) < 1, `${air.humidity} ${once.humidity}`);
  });

  test("stays within what air can be, whatever is switched on", () => {
    const influences = fc.record({
      outside: fc.record({ temperature: fc.double({ min: 0, max: 25, noNaN: true }), humidity: fc.constant(60) }),
      watts: fc.double({ min: 0, max: 1800, noNaN: true }),
      gramsPerSecond: fc.double({ min: 0, max: 0.4, noNaN: true }),
      fan: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(influences, fc.integer({ min: 0, max: 20_000 }), (acting, seconds) => {
        const { temperature, humidity } = airAfter(inside, acting, seconds);
        assert.ok(temperature > -5 && temperature < 75, `${temperature}`);
        assert.ok(humidity >= 0 && humidity <= 100, `${humidity}`);
      }),
    );
  });
});
