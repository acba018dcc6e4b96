import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { Scope } from "@edgetwin/mapper-sdk";
import { createApi } from "../../src/api/api.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { ask } from "./support/http.ts";
import { testApi } from "./support/test-api.ts";
import { testCore } from "./support/test-core.ts";

const token = "a-token-of-some-length";

test("the socket belongs to owner and group alone, in a directory that is made for it", async () => {
  await using scope = new Scope();
  const path = join(scope.use(temporaryDirectory()).path, "run", "edgetwin.sock");
  const api = scope.use(createApi({ core: await testCore(), version: "1" }));
  await api.listenUnix(path);
  assert.equal(statSync(path).mode & 0o777, 0o660);
  assert.equal((await ask({ socketPath: path }, "/api/v1")).status, 200);
});

test("a socket that a killed agent left behind is replaced, one that answers is not", async () => {
  await using scope = new Scope();
  const path = join(scope.use(temporaryDirectory()).path, "edgetwin.sock");
  const core = await testCore();
  const left = createServer();
  await new Promise<void>((resolve) => left.listen(path, resolve));
  const second = scope.use(createApi({ core, version: "1" }));
  await assert.rejects(second.listenUnix(path), { code: "START_FAILED", message: /another agent answers on/ });
  // A killed process closes its descriptors and leaves the file; libuv removes it, so it is made again by hand.
  await new Promise((resolve) => left.close(resolve));
  const { execFileSync } = await import("node:child_process");
  const leave = `const s=require("net").createServer();s.listen(${JSON.stringify(path)},()=>process.kill(process.pid,9))`;
  assert.throws(() => execFileSync(process.execPath, ["-e", leave], { stdio: "ignore" }));
  assert.ok(statSync(path).isSocket());
  const third = scope.use(createApi({ core, version: "1" }));
  await third.listenUnix(path);
  assert.equal((await ask({ socketPath: path }, "/healthz")).status, 200);
});

test("a socket path that the kernel cannot hold is refused with the limit", async () => {
  await using scope = new Scope();
  const api = scope.use(createApi({ core: await testCore(), version: "1" }));
  await assert.rejects(api.listenUnix(`/tmp/${"x".repeat(120)}`), { code: "START_FAILED", message: /longer than 107/ });
});

test("TCP needs a token: none is configured, none is sent, a wrong one is sent", async () => {
  await using scope = new Scope();
  const core = await testCore();
  const without = scope.use(createApi({ core, version: "1" }));
  await assert.rejects(without.listenTcp({ port: 0 }), { code: "START_FAILED", message: /needs a token/ });

  const api = scope.use(createApi({ core, version: "1", token }));
  const address = { host: "127.0.0.1", port: await api.listenTcp({ port: 0 }) };
  const none = await ask(address, "/api/v1/devices");
  assert.deepEqual([none.status, none.body.code], [401, "UNAUTHORIZED"]);
  assert.match(String(none.headers["www-authenticate"]), /^Bearer/);
  const wrong = await ask(address, "/metrics", { headers: { authorization: "Bearer wrong" } });
  assert.equal(wrong.status, 401);
  const right = { headers: { authorization: `Bearer ${token}` } };
  assert.equal((await ask(address, "/api/v1/devices", right)).status, 200);
  for (const open of ["/healthz", "/readyz", "/openapi.json"])
    assert.equal((await ask(address, open)).status, 200, open);
});

test("pages of other sites and rebound names are refused on TCP even with the token, before anything else", async () => {
  await using scope = new Scope();
  const api = scope.use(createApi({ core: await testCore(), version: "1", token }));
  const address = { host: "127.0.0.1", port: await api.listenTcp({ port: 0 }) };
  const authorization = `Bearer ${token}`;
  for (const headers of [
    { host: "evil.example" },
    { origin: "https://evil.example" },
    { "sec-fetch-site": "cross-site" },
  ]) {
    const { status, body } = await ask(address, "/healthz", { headers: { authorization, ...headers } });
    assert.deepEqual([status, body.code], [403, "FORBIDDEN"], JSON.stringify(headers));
  }
});

test("a port that is taken is named with the fix", async () => {
  await using scope = new Scope();
  const core = await testCore();
  const api = scope.use(createApi({ core, version: "1", token }));
  const port = await api.listenTcp({ port: 0 });
  const message = /: .+ uses it; stop it or configure another port$/;
  await assert.rejects(api.listenTcp({ port }), { code: "START_FAILED", message });
});

test("requests are counted by route, not by path", async () => {
  await using api = await testApi();
  await api.ask("/api/v1/devices/default/a");
  await api.ask("/api/v1/devices/default/b");
  await api.ask("/nowhere");
  const { text } = await api.ask("/metrics");
  const route = "/api/v1/devices/{namespace}/{name}";
  assert.ok(text.includes(`edgetwin_http_requests_total{method="GET",route="${route}",status="404"} 2\n`));
  assert.ok(text.includes('edgetwin_http_requests_total{method="GET",route="none",status="404"} 1\n'));
});
