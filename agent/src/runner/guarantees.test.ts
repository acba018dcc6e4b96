import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "@edgetwin/mapper-sdk/testing";
import fc from "fast-check";
import { somebody } from "../../test/support/devices.ts";
import { Rig } from "../../test/support/rig.ts";
import type { RawValue } from "../twin/types.ts";

/** What may happen to an agent, in any order. */
type Step =
  | { readonly do: "desire"; readonly values: Readonly<Record<string, string>> }
  /** The card is slow: commits wait until it is let go. */
  | { readonly do: "hold card" | "let card go" | "fill card" | "empty card" }
  | { readonly do: "break device" | "mend device" }
  /** kill -9: what was not stored is gone, the wires keep their levels. */
  | { readonly do: "kill" }
  /** The wires lose their levels too. */
  | { readonly do: "cut power" }
  | { readonly do: "wait"; readonly ms: number };

const lamp = fc.constantFrom("ON", "OFF");
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("desire" as const),
      values: fc.record({ red: lamp, green: lamp }, { requiredKeys: [] }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 5000 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "hold card",
        "let card go",
        "fill card",
        "empty card",
        "break device",
        "mend device",
        "kill",
        "cut power",
      ),
    }),
  },
);

/** One agent after the other on the same card and wires, and what was promised to whom. */
class Story {
  rig: Rig;
  broken = false;
  both = false;
  /** The newest acknowledged version and value of each lamp. */
  readonly acknowledged = new Map<string, { version: number; value: unknown }>();
  readonly versions = new Map<string, number>();

  constructor(rig: Rig) {
    this.rig = rig;
  }

  static async begin(): Promise<Story> {
    const story = new Story(await Rig.start());
    await story.#run();
    return story;
  }

  async play(next: Step): Promise<void> {
    const { store, board, clock } = this.rig;
    switch (next.do) {
      case "desire":
        return this.#desire(next.values);
      case "wait":
        return clock.advance(next.ms);
      case "hold card":
        return store.hold();
      case "let card go":
        return store.letGo();
      case "fill card":
        return store.fill();
      case "empty card":
        return store.makeRoom();
      case "break device":
        return board.faults.breakAll(/set|get|duty/);
      case "mend device":
        return board.faults.mend();
      case "kill":
        return this.#restart();
      case "cut power":
        for (const line of board.lines()) line.duty = 0;
        return this.#restart();
    }
  }

  /** Ends all faults and gives the system the time a capped backoff needs. */
  async mend(): Promise<void> {
    this.rig.store.makeRoom();
    this.rig.store.letGo();
    this.rig.board.faults.mend();
    await this.rig.clock.advance(300_000);
    await settle();
  }

  async #desire(values: Readonly<Record<string, string>>): Promise<void> {
    const desired = Object.fromEntries(
      Object.entries(values).map(([name, text]): [string, RawValue] => [name, { text }]),
    );
    const { engine, clock } = this.rig;
    void engine.submit("default/light", { kind: "change", at: clock.now(), origin: somebody, desired }).then(
      ({ refusals }) => {
        if (refusals.length > 0) return;
        for (const name of Object.keys(values)) {
          const version = engine.device("default/light")?.twins.get(name)?.desired?.version ?? 0;
          const before = this.acknowledged.get(name)?.version ?? 0;
          assert.ok(version >= before, `${name} went from version ${before} back to ${version}`);
          this.acknowledged.set(name, { version, value: values[name] });
        }
      },
      (error: { code?: string }) => assert.equal(error.code, "STORE_UNAVAILABLE"),
    );
    await settle();
  }

  async #restart(): Promise<void> {
    const { store, board } = this.rig;
    store.crash();
    for (const line of board.lines()) {
      line.holder = undefined;
      line.direction = undefined;
    }
    this.rig = await Rig.start({ store, board });
    await this.#run();
  }

  async #run(): Promise<void> {
    await this.rig.run();
    const { board } = this.rig;
    const look = () => {
      this.both ||= board.line(17).high && board.line(27).high;
    };
    board.line(17).onChange(look);
    board.line(27).onChange(look);
  }
}

test("through any sequence of kills, power cuts, bad cards and lost devices, acknowledged values are applied at last, versions rise, and no interlock is broken", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const story = await Story.begin();
      for (const next of steps) await story.play(next);
      await story.mend();
      const { rig, acknowledged } = story;
      for (const [name, pin] of [
        ["red", 17],
        ["green", 27],
      ] as const) {
        const twin = rig.twin(name);
        const promised = acknowledged.get(name);
        if (promised) {
          assert.ok(
            twin.desired && twin.desired.version >= promised.version,
            `${name}: an acknowledged version was lost`,
          );
          if (twin.desired.version === promised.version) assert.equal(twin.desired.value, promised.value);
        }
        if (!twin.desired) continue;
        assert.equal(twin.progress?.phase, "verified", `${name}: ${twin.progress?.reason}`);
        assert.equal(rig.board.line(pin).high, twin.desired.value === "ON", `${name} shows the wrong level`);
      }
      assert.equal(story.both, false, "both lamps were lit");
    }),
    { numRuns: Number(process.env.EDGETWIN_RUNS ?? 40) },
  );
});
