import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { parseConfig, sections, topLevel } from "./config.ts";
import { extensionShape } from "./extension-settings.ts";
import { mapperShape } from "./mapper-settings.ts";

const paths = { stateDirectory: "/state", socket: "/run/edgetwin.sock" };
const parse = (raw: unknown) => parseConfig(raw, { where: "c.yaml", directory: "/etc/edgetwin", paths });

describe("the configuration", () => {
  test("needs nothing", () => {
    const config = parse({});
    assert.equal(config.bus.port, 1883);
    assert.equal(config.socket, "/run/edgetwin.sock");
    assert.equal(config.tokenFile, "/state/token");
    assert.deepEqual(parse(null), config);
  });

  test("resolves paths from the directory of the file", () => {
    const config = parse({ stateDirectory: "here", manifests: ["m", "/abs/m.yaml"] });
    assert.equal(config.stateDirectory, "/etc/edgetwin/here");
    assert.equal(config.socket, "/etc/edgetwin/here/edgetwin.sock");
    assert.deepEqual(config.manifests, ["/etc/edgetwin/m", "/abs/m.yaml"]);
  });

  test("names everything that is wrong, with the fix", () => {
    const raw = { nod: "a", bus: { port: 70_000, brokr: "embedded" }, store: { flush: "soon" }, mappers: "gpio" };
    assert.throws(
      () => parse(raw),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, "CONFIG_INVALID");
        assert.match(error.message, /c\.yaml: nod: is not a setting here; did you mean "node"\?/);
        assert.match(error.message, /c\.yaml: bus\.port: expected a whole number from 0 to 65535, got 70000/);
        assert.match(error.message, /c\.yaml: bus\.brokr: is not a setting here; did you mean "broker"\?/);
        assert.match(error.message, /c\.yaml: store\.flush: expected a duration/);
        assert.match(error.message, /c\.yaml: mappers: expected a list like/);
        return true;
      },
    );
  });

  test("takes names of the agent, but no addresses with scheme or port", () => {
    assert.deepEqual(parse({ api: { hosts: ["pi.local", "lamp-7"] } }).api.hosts, ["pi.local", "lamp-7"]);
    for (const hosts of ["pi.local", ["http://pi.local"], ["pi.local:7480"], [""]]) {
      assert.throws(
        () => parse({ api: { hosts } }),
        /c\.yaml: api\.hosts: expected a list of host names like "pi\.local"/,
      );
    }
  });

  test("resolves the password file like every other path, and refuses one port twice", () => {
    assert.equal(parse({ bus: { passwordFile: "secret" } }).bus.passwordFile, "/etc/edgetwin/secret");
    const twice = { bus: { port: 1884, secondPort: 1884 } };
    assert.throws(() => parse(twice), /c\.yaml: bus\.secondPort: 1884 is bus\.port already/);
    parse({ bus: { port: 0, secondPort: 0 } });
  });

  test("takes mappers as names or as settings, and knows them by name", () => {
    const { mappers } = parse({
      mappers: ["@a/gpio", { package: "./own.js", isolation: "process", memory: "96MiB", log: "debug", name: "own" }],
    });
    assert.deepEqual(
      mappers.map(({ name, isolation, memory, log }) => [name, isolation, memory, log]),
      [
        ["@a/gpio", "inline", 128 * 2 ** 20, undefined],
        ["own", "process", 96 * 2 ** 20, "debug"],
      ],
    );
  });

  for (const [mappers, said] of [
    [[7], /mappers\.0: expected an object, got 7/],
    [[""], /mappers\.0\.package: expected text, got ""/],
    [[{ pakage: "a" }], /mappers\.0\.pakage: is not a setting here; did you mean "package"\?/],
    [[{ package: "a", isolation: "proces" }], /mappers\.0\.isolation: .*did you mean "process"\?/],
    [[{ package: "a", isolation: "process", memory: "8MiB" }], /mappers\.0\.memory: expected a size of at least 56MiB/],
    [[{ package: "a", isolation: "process", memory: 64 }], /mappers\.0\.memory: expected a size/],
    [[{ package: "a", memory: "64MiB" }], /mappers\.0\.memory: is for mappers with "isolation: process" only/],
    [[{ package: "a", name: "../a" }], /mappers\.0\.name: expected a name of letters/],
    [["a", { package: "b", name: "a" }], /mappers: two are called a; give one of them another "name"/],
  ] as const) {
    test(`refuses the mappers ${JSON.stringify(mappers)}`, () => {
      assert.throws(() => parse({ mappers }), said);
    });
  }

  test("keeps the socket for mappers beside its own, and misses it where a process needs it", () => {
    assert.equal(parse({}).dmi.socket, "/run/dmi.sock");
    assert.equal(parse({ stateDirectory: "/here" }).dmi.socket, "/here/dmi.sock");
    assert.equal(parse({ dmi: { socket: "off" } }).dmi.socket, undefined);
    const raw = { dmi: { socket: "off" }, mappers: [{ package: "a", isolation: "process" }] };
    assert.throws(() => parse(raw), /dmi\.socket: is off, but the mapper a runs in a process of its own/);
  });

  test("names extensions of the board", () => {
    const extension = { package: "@edgetwin/mapper-i2c", settings: { name: "MCP0" } };
    assert.deepEqual(parse({ board: { extensions: [extension] } }).board.extensions, [extension]);
    assert.deepEqual(parse({}).board.extensions, []);
    assert.throws(() => parse({ board: { extensions: { package: "a" } } }), /board\.extensions: expected a list like/);
    assert.throws(
      () => parse({ board: { extensions: [{ pakage: "a" }] } }),
      /board\.extensions\.0\.pakage: .*"package"/,
    );
  });

  test("must be settings", () => {
    assert.throws(() => parse(["a"]), { code: "CONFIG_INVALID" });
    assert.throws(() => parse("a"), { code: "CONFIG_INVALID" });
  });

  test("is documented setting by setting", () => {
    const page = readFileSync(new URL("../../../../docs/reference/configuration.md", import.meta.url), "utf8");
    const documented = [...page.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, name]) => name).sort();
    const known = Object.keys(topLevel);
    known.push(...Object.keys(extensionShape).map((name) => `board.extensions.${name}`));
    known.push(...Object.keys(mapperShape).map((name) => `mappers.${name}`));
    for (const [section, shape] of Object.entries(sections)) {
      for (const name of Object.keys(shape)) known.push(`${section}.${name}`);
    }
    assert.deepEqual(documented, known.sort());
  });
});
