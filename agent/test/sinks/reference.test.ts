import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { MapperError } from "@edgetwin/mapper-sdk";
import type { Sink } from "@edgetwin/mapper-sdk/sinks";
import { builtInSinks } from "../../src/sinks/sink-catalogue.ts";

const page = readFileSync(new URL("../../../../docs/reference/sinks.md", import.meta.url), "utf8");

const sectionOf = (name: string): string => page.split(/^## /m).find((text) => text.startsWith(`${name}\n`)) ?? "";

const rowsOf = (section: string): readonly (readonly string[])[] =>
  [...section.matchAll(/^\| `([^`]+)` \| (.*?) \|/gm)].map(([, name = "", value = ""]) => [
    name,
    value.replaceAll("`", ""),
  ]);

/** The settings that the sink looks for: what its schema asks an object that answers nothing. */
function settingsOf(sink: Sink): readonly string[] {
  const asked = new Set<string>();
  const nothing = new Proxy(
    {},
    {
      getOwnPropertyDescriptor(_, name) {
        asked.add(String(name));
        return undefined;
      },
    },
  );
  assert.throws(() => sink.check(nothing, "push"), MapperError);
  return [...asked];
}

for (const [name, load] of Object.entries(builtInSinks)) {
  test(`docs/reference/sinks.md lists every setting of ${name}, what is required and what is the default`, async () => {
    const sink = await load();
    assert.equal(sink.name, name);
    const rows = rowsOf(sectionOf(name));
    assert.deepEqual(rows.map(([setting]) => setting).sort(), [...settingsOf(sink)].sort());
    const missing = (() => {
      try {
        sink.check({}, "push");
        return [];
      } catch (error) {
        assert.ok(error instanceof MapperError);
        return [...error.message.matchAll(/^push\.(\w+): is missing/gm)].map(([, setting]) => setting);
      }
    })();
    assert.deepEqual(
      rows.filter(([, value]) => value === "required").map(([setting]) => setting),
      missing,
    );
    const place = {
      hostName: "http://a",
      address: "tcp://a",
      topic: "t",
      endpointURL: "http://a",
      url: "http://a",
      bucket: "b",
      addr: "a",
      database: "d",
      dbName: "d",
    };
    const given = Object.fromEntries(Object.entries(place).filter(([setting]) => missing.includes(setting)));
    const config = sink.check(given, "push").config as Readonly<Record<string, unknown>>;
    for (const [setting, value] of rows) {
      if (value === "required") continue;
      const actual = config[setting as string];
      const shown = actual === undefined || actual === "" ? /^(none|unused|the same|that of|name of)/ : undefined;
      if (shown) assert.match(value as string, shown, setting);
      else assert.equal(value, typeof actual === "object" ? JSON.stringify(actual) : String(actual), setting);
    }
  });
}
