import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Board, defineBoardExtension, f, fields } from "@edgetwin/mapper-sdk";
import { ManualClock, SimBoard } from "@edgetwin/mapper-sdk/testing";
import type { ExtensionSettings } from "./config/extension-settings.ts";
import { extendBoard } from "./extend-board.ts";

const named = (kind: string) =>
  defineBoardExtension({
    name: kind,
    settings: fields({ name: f.string() }),
    extend: (board, { name }): Board => ({ ...board, name: `${board.name} with ${kind} ${name}` }),
  });

/** A module that is never written to a file: what it exports is what matters. */
const moduleOf = (exported: object): string => {
  const key = `extensions-${Math.random()}`;
  (globalThis as Record<string, unknown>)[key] = exported;
  const names = Object.keys(exported).map((name) => `export const ${name} = globalThis["${key}"].${name};`);
  return `data:text/javascript,${encodeURIComponent(names.join("\n"))}`;
};

const packages: Record<string, string> = {
  one: moduleOf({ expander: named("expander") }),
  two: moduleOf({ lines: named("lines"), ports: named("ports") }),
  none: moduleOf({ something: 1 }),
  broken: "data:text/javascript,throw new Error('made of glass')",
};

const extend = (...extensions: readonly ExtensionSettings[]) =>
  extendBoard(new SimBoard({ name: "board" }), extensions, {
    resolve: (name) => packages[name] ?? name,
    clock: new ManualClock(),
  });

describe("extensions of a board", () => {
  test("are put on it one after the other", async () => {
    const settings = { name: "A" };
    const { name } = await extend({ package: "one", settings }, { package: "two", extension: "ports", settings });
    assert.equal(name, "board with expander A with ports A");
    const bare = new SimBoard();
    assert.equal(await extendBoard(bare, [], { resolve: String, clock: new ManualClock() }), bare);
  });

  const refused: readonly [entry: ExtensionSettings, message: RegExp][] = [
    [{ package: "one" }, /board\.extensions\.0\.settings\.name: is missing/],
    [{ package: "one", settings: { nam: "A" } }, /board\.extensions\.0\.settings\.nam: .*did you mean "name"/],
    [{ package: "two", settings: { name: "A" } }, /board\.extensions\.0\.extension: is missing; two has lines, ports/],
    [{ package: "two", extension: "line" }, /board\.extensions\.0\.extension: two has no line.*"lines"/],
    [{ package: "none" }, /board\.extensions\.0\.package: none exports no board extension/],
    [{ package: "broken" }, /board\.extensions\.0\.package: broken does not load: .*made of glass/],
  ];
  for (const [entry, message] of refused)
    test(`are refused with the setting: ${message.source}`, () =>
      assert.rejects(extend(entry), { code: "CONFIG_INVALID", message }));
});
