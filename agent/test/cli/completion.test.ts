import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Scope } from "@edgetwin/mapper-sdk";
import { completionScripts } from "@edgetwin/program/command-line";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { commandBench } from "./support/test-command.ts";

const entry = fileURLToPath(new URL("../../../bin/edgetwin.js", import.meta.url));

test("bash completes commands, devices of the running agent and their properties", async () => {
  await using scope = new Scope();
  const bench = scope.use(await commandBench());
  const directory = scope.use(temporaryDirectory()).path;
  writeFileSync(join(directory, "edgetwin"), `#!/bin/sh\nexec "${process.execPath}" "${entry}" "$@"\n`);
  chmodSync(join(directory, "edgetwin"), 0o755);
  const complete = async (line: string) => {
    const script = `${completionScripts("edgetwin").bash}
COMP_LINE=${JSON.stringify(line)}; COMP_POINT=\${#COMP_LINE}; compopt() { :; }
_edgetwin; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const env = {
      ...process.env,
      PATH: `${directory}:${process.env.PATH}`,
      EDGETWIN_SOCKET: bench.api.address.socketPath,
    };
    const bash = spawn("bash", ["-c", script], { env, stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    bash.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
    await once(bash, "close");
    return out.trim().split("\n");
  };
  assert.deepEqual(await complete("edgetwin wa"), ["watch"]);
  assert.deepEqual(await complete("edgetwin set tra"), ["traffic-light-instance-01"]);
  assert.deepEqual(await complete("edgetwin set traffic-light-instance-01 re"), ["red="]);
  assert.deepEqual(await complete("edgetwin get devices --output="), ["table", "wide", "json", "yaml", "name"]);
});

test("each shell has its script, and another one is named with the ones there are", async () => {
  await using bench = await commandBench();
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, out } = await bench.run(`completion ${shell}`);
    assert.equal(code, 0);
    assert.match(out, /edgetwin __complete/);
  }
  const other = await bench.run("completion powershell");
  assert.equal(other.code, 2);
  assert.match(other.err, /SHELL must be one of bash, zsh, fish/);
});
