import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { loadConfig } from "./load-config.ts";

const directory = mkdtempSync(join(tmpdir(), "edgetwin-config-"));
after(() => rmSync(directory, { recursive: true }));

const refusal = async (path: string): Promise<string> => {
  const message = await loadConfig(path, {}).then(
    () => "it was accepted",
    (error: Error & { code?: string }) => `${error.code} ${error.message}`,
  );
  return message.replaceAll(directory, "");
};

test("a file that cannot be read is one line with name, reason and fix", async () => {
  const absent = "CONFIG_INVALID the configuration file /absent.yaml cannot be read: there is no such file;";
  assert.equal(await refusal(join(directory, "absent.yaml")), `${absent} name another one with --config`);
  mkdirSync(join(directory, "folder"));
  assert.match(await refusal(join(directory, "folder")), /^CONFIG_INVALID .* is a directory; name the file in it$/);
});

test("a file that is no YAML is one line that says where", async () => {
  writeFileSync(join(directory, "bad.yaml"), "node: [pi\n");
  assert.match(
    await refusal(join(directory, "bad.yaml")),
    /^CONFIG_INVALID \/bad\.yaml is not YAML: .* at line 2, column 1$/,
  );
});

test("relative paths count from the directory of the file", async () => {
  writeFileSync(join(directory, "good.yaml"), "stateDirectory: state\n");
  assert.equal((await loadConfig(join(directory, "good.yaml"), {})).stateDirectory, join(directory, "state"));
});
