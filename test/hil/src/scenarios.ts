import assert from "node:assert/strict";
import type { Levels } from "./bench.ts";
import type { Scenario } from "./scenario.ts";
import { button, crossing, lamps, pins, startWired } from "./wiring.ts";

const switchLamps: Scenario = {
  claim: "a desired value that is verified is on the pin",
  async run(bench) {
    const door = await startWired(bench);
    for (const desired of [
      { stop: true, go: false, lantern: true },
      { stop: false, go: true, lantern: false },
      { stop: false, go: false, lantern: false },
    ]) {
      assert.equal(await door.desire(crossing, desired), "verified");
      assert.deepEqual(await lamps(bench), desired);
    }
  },
};

const interlock: Scenario = {
  claim: "two interlocked lamps are never lit together, at no change of a line",
  async run(bench) {
    const seen: Levels[] = [];
    const stopWatching = await bench.watchPins([pins.stop, pins.go], (levels) => seen.push(levels));
    const door = await startWired(bench);
    assert.equal(await door.desire(crossing, { stop: true }), "verified");
    assert.equal(await door.desire(crossing, { go: true }), "INTERLOCK");
    assert.equal(await door.desire(crossing, { stop: true, go: true }), "INTERLOCK");
    for (let turn = 0; turn < 10; turn++) {
      assert.equal(await door.desire(crossing, { stop: false, go: true }), "verified");
      assert.equal(await door.desire(crossing, { go: false, stop: true }), "verified");
    }
    await bench.cutPower();
    await bench.start();
    await stopWatching();
    assert.deepEqual(
      seen.filter((levels) => levels[pins.stop] && levels[pins.go]),
      [],
    );
    // On and off again of each lamp in each turn: fewer changes would mean that the hand did not see all of them.
    assert.ok(seen.length >= 40, `only ${seen.length} levels were seen`);
  },
};

const powerCut: Scenario = {
  claim: "after a power cut the last acknowledged values are on the pins again",
  async run(bench) {
    let door = await startWired(bench);
    for (let cut = 0; cut < 4; cut++) {
      const desired = { stop: cut % 2 === 0, go: cut % 2 === 1, lantern: true };
      // Acknowledged means stored: the lamps themselves may not have been switched yet.
      assert.equal(await door.desire(crossing, desired, "stored"), "stored");
      await bench.cutPower();
      assert.deepEqual(await lamps(bench), { stop: false, go: false, lantern: false });
      door = await bench.start();
      assert.deepEqual(await lamps(bench), desired);
      for (const name of Object.keys(desired)) {
        await door.twinThat(crossing, name, ({ phase }) => phase === "verified");
      }
    }
  },
};

const edgeInput: Scenario = {
  claim: "every press and release of a button appears in its twin",
  async run(bench) {
    const door = await startWired(bench);
    const shows = (pressed: boolean) =>
      door.twinThat(button, "pressed", ({ reported }) => reported?.value === pressed && reported.quality === "good");
    const { reported: first } = await shows(false);
    for (let press = 0; press < 5; press++) {
      await bench.drivePin(pins.button, false);
      await shows(true);
      await bench.drivePin(pins.button, true);
      await shows(false);
    }
    const { reported: last } = await door.twin(button, "pressed");
    assert.equal((last?.version ?? 0) - (first?.version ?? 0), 10);
  },
};

const unplugged: Scenario = {
  claim: "a line that was unplugged gets its desired value when it is back",
  async run(bench) {
    const door = await startWired(bench);
    assert.equal(await door.desire(crossing, { lantern: false }), "verified");
    await bench.unplug(pins.lantern);
    assert.equal(await door.desire(crossing, { lantern: true }, "stored"), "stored");
    await door.twinThat(crossing, "lantern", ({ phase }) => phase === "failed");
    assert.equal(await bench.readPin(pins.lantern), false);
    await bench.plug(pins.lantern);
    await door.twinThat(crossing, "lantern", ({ phase }) => phase === "verified");
    assert.equal(await bench.readPin(pins.lantern), true);
  },
};

/** Every scenario, in the order of the table. */
export const scenarios: readonly Scenario[] = [switchLamps, interlock, powerCut, edgeInput, unplugged];
