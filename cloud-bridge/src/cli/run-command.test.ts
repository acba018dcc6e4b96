import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { createOutput } from "@edgetwin/program/command-line";
import { runCommand } from "./run-command.ts";

const directory = mkdtempSync(join(tmpdir(), "edgetwin-bridge-cli-"));
after(() => rmSync(directory, { recursive: true }));

/** Runs a command line; its exit code and what it wrote. */
async function run(line: string) {
  const written = { out: "", err: "" };
  const streams = {
    stdout: { write: (text: string) => (written.out += text) },
    stderr: { write: (text: string) => (written.err += text) },
  };
  const env = { EDGETWIN_BRIDGE_STATE_DIR: directory };
  const { signal } = new AbortController();
  const world = { env, clock: new ManualClock(), output: createOutput(streams, env), signal };
  const code = await runCommand(line.split(" ").filter(Boolean), world);
  return { code, out: written.out, err: written.err.replaceAll(directory, "") };
}

test("help lists every command, and explains each", async () => {
  const { code, out } = await run("");
  assert.equal(code, 0);
  assert.match(out, /^edgetwin-bridge: the cloud side/);
  for (const word of ["run", "token create", "nodes"]) assert.match(out, new RegExp(`^ {2}${word} `, "m"));
  assert.match((await run("help token create")).out, /^Usage: edgetwin-bridge token create \[options\]/);
  assert.match((await run("token create --help")).out, /--lifetime DURATION/);
});

for (const [line, code, message] of [
  ["rnu", 2, /there is no command "rnu"; did you mean "run"\?\ntry: edgetwin-bridge help/],
  ["token", 2, /"token" needs one of: create/],
  ["run --port 70000", 2, /--port must be a port from 0 \(any\) to 65535, got "70000"/],
  ["run --log loud", 2, /--log must be one of debug, info, warn, error, got "loud"/],
  ["token create --lifetime soon", 2, /--lifetime must be a duration like "1h" or "30min", got "soon"/],
  ["token create --node Kitchen", 2, /--node must be the name of a node .*, got "Kitchen"/],
  ["node revoke a/b", 2, /"a\/b" is no name of a node/],
  ["nodes", 9, /no bridge ever ran with the state directory .*; start one, name another with --state/],
  ["kubeconfig", 9, /there is no \/kubeconfig: no bridge ever ran there/],
  ["kubeconfig --in-cluster", 2, /a cluster has a kubeconfig of its own/],
  ["config check ./absent.yaml", 2, /\.\/absent\.yaml cannot be read: there is no such file/],
] as const)
  test(`edgetwin-bridge ${line} ends with code ${code} and says what to do`, async () => {
    const answered = await run(line);
    assert.equal(answered.code, code);
    assert.match(answered.err, message);
    assert.equal(answered.out, "");
  });

test("config check tells everything that is wrong at once, with the place", async () => {
  const file = join(directory, "bad.yaml");
  writeFileSync(file, "edgse: {}\nedges: { port: 99999 }\nkubernetes: { kubeconfig: x }\nstatus: { every: never }\n");
  const { code, err } = await run(`config check ${file}`);
  assert.equal(code, 2);
  for (const part of [
    /\/bad\.yaml: edgse: is not a setting here; did you mean "edges"/,
    /edges\.port: .*99999/,
    /kubernetes\.kubeconfig: is of a cluster; set kubernetes\.use to "cluster"/,
    /status\.every: .*"never"/,
  ])
    assert.match(err, part);
});

test("options win over the file, and what both leave open is the default", async () => {
  const file = join(directory, "good.yaml");
  writeFileSync(file, "edges: { port: 1000, gone: 1min }\n");
  const { code, out } = await run(`config check ${file} -o json --kubeconfig k`);
  assert.equal(code, 0);
  const config = JSON.parse(out) as Record<string, Record<string, unknown>>;
  assert.deepEqual([config.edges?.port, config.edges?.gone, config.edges?.host], [1000, 60_000, "127.0.0.1"]);
  assert.deepEqual([config.kubernetes?.use, String(config.kubernetes?.kubeconfig).endsWith("/k")], ["cluster", true]);
});

test("completion offers commands, options and choices, and nothing when no bridge answers", async () => {
  assert.equal((await run("__complete to")).out, "token\n");
  assert.equal((await run("__complete run --lo")).out, "--log\n");
  assert.equal((await run("__complete completion z")).out, "zsh\n");
  assert.equal((await run("__complete nodes k")).out, "");
  assert.match((await run("completion bash")).out, /complete -o default -F _edgetwin_bridge edgetwin-bridge/);
});
