import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { Scope } from "@edgetwin/mapper-sdk";
import { createApi } from "../../src/api/api.ts";
import { testCore } from "../api/support/test-core.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { runLine } from "./support/test-command.ts";

const token = "a-token-of-some-length";

test("--server talks TCP with the token of --token, of the environment, or of this machine's agent", async () => {
  await using scope = new Scope();
  const core = await testCore();
  const api = scope.use(createApi({ core, version: "1", token }));
  const server = `http://127.0.0.1:${await api.listenTcp({ port: 0 })}`;
  const state = scope.use(temporaryDirectory()).path;
  const { clock } = core;
  const run = (line: string, env: Record<string, string> = {}) =>
    runLine(line, { clock, env: { EDGETWIN_STATE_DIR: state, ...env } });

  const none = await run(`get devices --server ${server}`);
  assert.deepEqual([none.code, /no token was given/.test(none.err)], [5, true]);
  const wrong = await run(`get devices --server ${server} --token wrong`);
  assert.deepEqual([wrong.code, /the token is wrong/.test(wrong.err)], [5, true]);
  assert.equal((await run(`get devices --server ${server} --token ${token}`)).code, 0);
  assert.equal((await run(`--server ${server}/ get devices`, { EDGETWIN_TOKEN: token })).code, 0);
  writeFileSync(join(state, "token"), `${token}\n`);
  assert.equal((await run(`get devices --server ${server}`)).code, 0);
  assert.equal((await run(`set traffic-light-instance-01 red=ON --server ${server}`)).code, 0);
});

test("what is no agent is told as such, and contradicting options are refused", async () => {
  await using scope = new Scope();
  const stranger = createServer((_, response) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
  );
  await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
  scope.defer(() => new Promise((resolve) => stranger.close(resolve)));
  const { port } = stranger.address() as AddressInfo;
  const { clock } = await testCore();
  const cases: readonly [string, number, RegExp][] = [
    [`get devices --server http://127.0.0.1:${port}`, 9, /is no edgetwin agent \(status 200\)/],
    ["get devices --server http://127.0.0.1:1", 9, /no agent answers on http:\/\/127\.0\.0\.1:1/],
    ["get devices --server lamp:7480", 2, /is no http URL/],
    ["get devices --server http://x --socket /s", 2, /two agents/],
    ["get devices --token t", 2, /--token is for --server/],
  ];
  for (const [line, code, message] of cases) {
    const ran = await runLine(line, { clock, env: { HOME: "/nonexistent" } });
    assert.equal(ran.code, code, line);
    assert.match(ran.err, message, line);
  }
});
