import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { parseConfig, sections, topLevel } from "./config.ts";

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
        assert.match(error.message, /c\.yaml: mappers: expected a list of texts/);
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

  test("must be settings", () => {
    assert.throws(() => parse(["a"]), { code: "CONFIG_INVALID" });
    assert.throws(() => parse("a"), { code: "CONFIG_INVALID" });
  });

  test("is documented setting by setting", () => {
    const page = readFileSync(new URL("../../../../docs/reference/configuration.md", import.meta.url), "utf8");
    const documented = [...page.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, name]) => name).sort();
    const known = Object.keys(topLevel);
    for (const [section, shape] of Object.entries(sections)) {
      for (const name of Object.keys(shape)) known.push(`${section}.${name}`);
    }
    assert.deepEqual(documented, known.sort());
  });
});
