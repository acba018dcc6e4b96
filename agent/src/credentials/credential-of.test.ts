import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { credentialOf } from "./credential-of.ts";

const directory = mkdtempSync(join(tmpdir(), "edgetwin-credential-"));
after(() => rmSync(directory, { recursive: true, force: true }));

function file(name: string, text: string, mode = 0o600): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

test("certificates come with the secret, and a key that others may read is not taken", () => {
  const [caFile, certificateFile] = [file("ca", "CA", 0o644), file("certificate", "CERT", 0o644)];
  const plant = { caFile, certificateFile, keyFile: file("key", "KEY") };
  const open = { ...plant, keyFile: file("open", "KEY", 0o640) };
  const sources = { credentials: { plant, open }, env: {} };
  const address = "mqtts://broker.plant:8883";
  assert.deepEqual(credentialOf("plant", address, sources), { ca: "CA", certificate: "CERT", key: "KEY" });
  assert.throws(() => credentialOf("open", address, sources), { code: "DEVICE_IO", message: /others may read/ });
});

test("a name that nobody knows and a host that it is not meant for wait for another configuration", () => {
  const credentials = { factory: { env: "SECRET", hosts: ["broker.plant"] } };
  const sources = { credentials, env: { SECRET: "x" } };
  assert.deepEqual(credentialOf("factory", "mqtt://broker.plant:1883", sources), { secret: "x" });
  const refused = (name: string, address: string, message: RegExp) =>
    assert.throws(() => credentialOf(name, address, sources), { code: "CONFIG_INVALID", message });
  refused("factory", "mqtt://broker.plant.evil:1883", /is for broker\.plant only/);
  refused("factroy", "mqtt://broker.plant:1883", /there is no credential "factroy"; did you mean "factory"\?/);
});
