import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { serialFaults } from "@edgetwin/mapper-sdk/testing";
import { ExampleAgent } from "./example-agent.ts";

const shown = [
  ["inside", "temperature"],
  ["inside", "humidity"],
  ["inside", "pressure"],
  ["outside", "temperature"],
  ["outside", "humidity"],
  ["fan", "speed"],
  ["relays", "relay1"],
  ["meter", "voltage"],
  ["meter", "power"],
  ["meter", "energy-imported"],
] as const;

const allShown = (example: ExampleAgent) =>
  example.until(() => shown.every(([d, p]) => example.quality(d, p) === "good"));

describe("the greenhouse", () => {
  test("shows values of all its devices, and relays and fan follow their twins into the meter", async () => {
    await using example = await ExampleAgent.start();
    await allShown(example);
    assert.equal(example.twin("meter", "voltage")?.reported?.value, 230);
    await example.desire("relays", "relay1", "true");
    await example.desire("fan", "speed", "100");
    const verified = (device: string, property: string) =>
      example.twin(device, property)?.progress?.phase === "verified";
    await example.until(() => verified("relays", "relay1") && verified("fan", "speed"));
    assert.equal(example.board.line("GPIO18").duty, 1);
    await example.until(() => example.twin("meter", "power")?.reported?.value === 1020);
    await example.until(() => Number(example.twin("meter", "energy-imported")?.reported?.value) > 0);
  });

  test("drives relays off and leaves the fan turning when the agent stops", async () => {
    const example = await ExampleAgent.start();
    await allShown(example);
    await example.desire("relays", "relay1", "true");
    await example.until(() => example.twin("relays", "relay1")?.progress?.phase === "verified");
    const { trace } = example.board.faults;
    const before = trace.length;
    await example[Symbol.asyncDispose]();
    // Unit 2, function 5, coil 0, off.
    assert.ok(
      trace.slice(before).some((step) => step.includes(" write 02 05 00 00 00 00")),
      trace.slice(before).join("\n"),
    );
    assert.equal(example.board.line("GPIO18").duty, 0.3);
    assert.deepEqual([example.board.held(), example.board.faults.misuse], [[], []]);
  });
});

interface Outage {
  readonly what: string;
  readonly device: string;
  readonly property: string;
  /** Tries that may fail after the outage has ended; default none. */
  readonly lateTries?: number;
  readonly begin: (example: ExampleAgent) => void;
  readonly end: (example: ExampleAgent) => void;
}

const line = ({ board }: ExampleAgent) => board.serialPort("/dev/serial0");

const outages: readonly Outage[] = [
  {
    what: "the sensor under the glass is pulled",
    device: "inside",
    property: "temperature",
    begin: ({ board }) => board.faults.breakAll(/^i2c-1 0x76 /),
    end: ({ board }) => board.faults.mend(),
  },
  {
    what: "the sensor outside is pulled",
    device: "outside",
    property: "temperature",
    begin: ({ board }) => board.faults.breakAll(/^i2c-1 0x44 /),
    end: ({ board }) => board.faults.mend(),
  },
  {
    what: "the RS-485 adapter is pulled",
    device: "relays",
    property: "relay2",
    // The port is opened again by a clock of its own, and a try of the device may fall into its pause.
    lateTries: 1,
    begin: (example) => line(example).unplug(),
    end: (example) => line(example).plug(),
  },
  {
    what: "the RS-485 cable is cut",
    device: "relays",
    property: "relay2",
    begin: (example) => {
      line(example).disturbance = serialFaults.dead();
    },
    end: (example) => {
      line(example).disturbance = undefined;
    },
  },
];

// Each has an agent and a board of its own, and mostly waits.
describe("an outage", { concurrency: true }, () => {
  for (const { what, device, property, lateTries = 0, begin, end } of outages) {
    test(`${what}: it is shown, others go on, and it recovers by itself to what was desired`, async () => {
      await using example = await ExampleAgent.start();
      await allShown(example);
      begin(example);
      if (device === "relays") await example.desire(device, property, "true");
      await example.until(() => example.state(device) === "waiting" && example.quality(device, property) === "stale");
      assert.equal(example.state("fan"), "online");
      const states: string[] = [];
      const stop = example.agent.core.registry.onChange((change) => {
        if (change.kind === "device state" && change.device.id === `default/${device}`)
          states.push(change.device.state.name);
      });
      end(example);
      await example.until(() => example.state(device) === "online" && example.quality(device, property) === "good");
      stop();
      assert.ok(states.filter((name) => name === "waiting").length <= lateTries, `too many tries: ${states}`);
      if (device !== "relays") return;
      await example.until(() => example.twin(device, property)?.progress?.phase === "verified");
      assert.equal(example.twin(device, property)?.reported?.value, true);
      await example.until(() => example.twin("meter", "power")?.reported?.value === 60);
    });
  }
});
