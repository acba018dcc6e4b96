import assert from "node:assert/strict";
import { test } from "node:test";
import { HalError } from "@edgetwin/mapper-sdk";
import fc from "fast-check";
import { headerPins, powerPins } from "./header.ts";
import { pinName } from "./pin-name.ts";

/** BCM, header pin, wiringPi: written down a second time, from `gpio readall`, in the order of the header. */
const readall = [
  [2, 3, 8],
  [3, 5, 9],
  [4, 7, 7],
  [14, 8, 15],
  [15, 10, 16],
  [17, 11, 0],
  [18, 12, 1],
  [27, 13, 2],
  [22, 15, 3],
  [23, 16, 4],
  [24, 18, 5],
  [10, 19, 12],
  [9, 21, 13],
  [25, 22, 6],
  [11, 23, 14],
  [8, 24, 10],
  [7, 26, 11],
  [0, 27, 30],
  [1, 28, 31],
  [5, 29, 21],
  [6, 31, 22],
  [12, 32, 26],
  [13, 33, 23],
  [19, 35, 24],
  [16, 36, 27],
  [26, 37, 25],
  [20, 38, 28],
  [21, 40, 29],
] as const;

const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof HalError && error.kind === "unknown" && pattern.test(error.message);

test("every line of the header has the same name in all numberings", () => {
  assert.equal(headerPins.length, readall.length);
  for (const [bcm, physical, wiringPi] of readall) {
    const ways = [
      bcm,
      String(bcm),
      `GPIO${bcm}`,
      `gpio ${bcm}`,
      `BCM${bcm}`,
      `bcm_${bcm}`,
      `pin ${physical}`,
      `physical ${physical}`,
      `BOARD${physical}`,
      `J8:${physical}`,
      `wiringPi ${wiringPi}`,
      `WPI${wiringPi}`,
    ];
    for (const way of ways) assert.equal(pinName(way), `GPIO${bcm}`, `${way}`);
  }
});

test("the traffic light's wiringPi pins 25, 24 and 23 are GPIO26, GPIO19 and GPIO13 on header pins 37, 35 and 33", () => {
  assert.deepEqual(
    [25, 24, 23].map((pin) => pinName(`wiringPi ${pin}`)),
    ["GPIO26", "GPIO19", "GPIO13"],
  );
  assert.deepEqual(
    [37, 35, 33].map((pin) => pinName(`pin ${pin}`)),
    ["GPIO26", "GPIO19", "GPIO13"],
  );
});

test("lines and power pins together are the 40 pins of the header, each once", () => {
  const all = [...headerPins.map(({ physical }) => physical), ...powerPins.keys()];
  assert.deepEqual(
    all.sort((a, b) => a - b),
    Array.from({ length: 40 }, (_, index) => index + 1),
  );
});

test("labels name one line each, in any case", () => {
  const labels = headerPins.flatMap((pin) => pin.labels);
  assert.equal(new Set(labels.map((label) => label.toLowerCase())).size, labels.length);
  for (const { bcm, labels: own } of headerPins) {
    for (const label of own) assert.equal(pinName(label.toLowerCase()), `GPIO${bcm}`);
  }
  assert.equal(pinName("SDA1"), "GPIO2");
});

test("a power pin is refused with what it carries and the line beside it", () => {
  assert.throws(() => pinName("pin 1"), refused(/3\.3 V power pin.*GPIO2 on pin 3/));
  assert.throws(() => pinName("physical 39"), refused(/ground pin.*GPIO26 on pin 37/));
  assert.throws(() => pinName("5V"), refused(/5 V power pin \(header pins 2, 4\)/));
  assert.throws(() => pinName("GND"), refused(/ground pin/));
});

test("a misspelt name is answered with the likely one", () => {
  assert.throws(() => pinName("GIPO26"), refused(/did you mean "GPIO26"/));
  assert.throws(() => pinName("SDA_1"), refused(/did you mean "SDA1"/));
});

test("a number that is none in one numbering is explained in the others", () => {
  assert.throws(() => pinName(40), refused(/no GPIO 40.*"pin 40" is GPIO21/));
  assert.throws(() => pinName("wiringPi 17"), refused(/no wiringPi 17/));
  assert.throws(() => pinName(-1), refused(/no line/));
  assert.throws(() => pinName(2.5), refused(/no line/));
});

test("any text either names a header line or is refused with the text in the message", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        assert.match(pinName(text), /^GPIO([0-9]|1[0-9]|2[0-7])$/);
      } catch (error) {
        assert.ok(error instanceof HalError && error.kind === "unknown", String(error));
        assert.ok(error.message.includes(JSON.stringify(text)));
      }
    }),
  );
});
