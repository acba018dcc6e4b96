import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { Scope, silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { openStore } from "../../src/store/open-store.ts";
import { ask } from "../api/support/http.ts";
import { freePort } from "../support/free-port.ts";
import { RealAgent } from "../support/real-agent.ts";
import { KeptLog, opened, startLamps, temporaryDirectory } from "./support.ts";

const lamps = "default/lamps-01";

test("a state directory that takes no writes costs the doors that need it, not the lamps", async () => {
  await using scope = new Scope();
  const log = new KeptLog();
  const inTheWay = join(temporaryDirectory(scope), "state");
  writeFileSync(inTheWay, "a file where the directory should be");
  const agent = scope.use(await startLamps(inTheWay, { api: { port: await freePort() } }, { log }));
  await opened(agent, lamps);
  assert.equal(agent.core.registry.device(lamps)?.state.name, "online");
  assert.deepEqual([agent.apiSocket, agent.apiPort], [undefined, undefined]);
  const said = log.lines.filter((line) => line.startsWith("error")).map((line) => line.replaceAll(inTheWay, ""));
  assert.equal(said.length, 4, said.join("\n"));
  assert.match(said[0] ?? "", /^error store degraded: .*move it or set another stateDirectory/);
  assert.match(said[1] ?? "", /^error door stays closed: mappers of other processes, cannot listen on \/dmi\.sock/);
  assert.match(said[2] ?? "", /^error door stays closed: REST on TCP, the token file \/token cannot be used/);
  assert.match(said[3] ?? "", /^error door stays closed: REST on the Unix socket, cannot listen on \/edgetwin\.sock/);
});

test("mappers that are missing, do not parse or throw cost only their devices, each with one line", async () => {
  await using scope = new Scope();
  const log = new KeptLog();
  const directory = temporaryDirectory(scope);
  writeFileSync(join(directory, "throws.mjs"), 'throw new Error("no /dev/fancy");');
  writeFileSync(join(directory, "broken.mjs"), "export const = 1;");
  const mappers = ["@edgetwin/mapper-gpoi", "./absent.mjs", "./throws.mjs", "./broken.mjs", "@edgetwin/mapper-gpio"];
  const agent = scope.use(await startLamps(directory, { mappers }, { log }));
  await opened(agent, lamps);
  assert.equal(agent.core.registry.device(lamps)?.state.name, "online");
  const said = log.lines.filter((line) => line.startsWith("error mapper package does not load: "));
  assert.deepEqual(
    said.map((line) => line.replace(/^.*: (.*), (.*?)[;:].*$/, "$1 $2")).sort(), // they load side by side
    [
      "./absent.mjs there is no such file",
      "./broken.mjs it is not JavaScript that this Node.js understands",
      "./throws.mjs it failed while it was loaded",
      "@edgetwin/mapper-gpoi it is not installed",
    ],
  );
});

test("a mapper that throws over a configuration refuses its device, and the agent starts again with it", async () => {
  await using scope = new Scope();
  const directory = temporaryDirectory(scope);
  const mapper = `export const broken = { kind: "protocol", protocol: "gpio", serve() { return undefined.lamps; } };`;
  writeFileSync(join(directory, "broken.mjs"), mapper);
  for (const _ of ["first start", "second start, with the device in the store"]) {
    await using agent = await startLamps(directory, { mappers: ["./broken.mjs"] }, { log: silentLog });
    await opened(agent, lamps);
    const state = agent.core.registry.device(lamps)?.state;
    assert.match(state?.name === "refused" ? state.reason : "", /^a bug in its mapper: TypeError: .*lamps.* at /);
  }
});

test("a stored manifest that cannot be read any more costs only itself", async () => {
  await using scope = new Scope();
  const directory = temporaryDirectory(scope);
  const store = await openStore({ directory, clock: systemClock, log: silentLog });
  const row = { kind: "Device", namespace: "default", name: "odd", uid: "1", generation: 1, createdAt: 0 } as const;
  await store.commit([{ put: "resource", resource: { ...row, manifest: '{"kind": "Device"' } }], "durable");
  await store[Symbol.asyncDispose]();
  const log = new KeptLog();
  const agent = scope.use(await startLamps(directory, {}, { log }));
  assert.deepEqual(
    agent.core.registry.devices().map(({ id }) => id),
    [lamps],
  );
  assert.match(log.lines.join("\n"), /error stored manifest cannot be used; apply it again: Device, default\/odd, /);
});

test("told to stop while it starts, it closes what it opened and can start again", async () => {
  await using scope = new Scope();
  const directory = temporaryDirectory(scope);
  const stopping = new AbortController();
  const reason = new Error("stopped by SIGTERM");
  const starting = startLamps(directory, {}, { log: silentLog, signal: stopping.signal });
  stopping.abort(reason);
  await assert.rejects(starting, (error) => error === reason);
  const again = scope.use(await startLamps(directory, {}, { log: silentLog }));
  assert.equal(again.apiSocket, join(directory, "edgetwin.sock"));
});

test("the same signal twice, as a terminal and npm start send it, still ends the agent in order", async () => {
  await using agent = new RealAgent(0, { bus: { broker: "off" } });
  await agent.start();
  if (agent.pid !== undefined) process.kill(agent.pid, "SIGTERM");
  assert.equal(await agent.end("SIGTERM"), 0, agent.log);
  assert.match(agent.log, /agent stops/);
});

test("TCP clients reach the agent under the names of api.hosts and no other", async () => {
  await using scope = new Scope();
  const directory = temporaryDirectory(scope);
  const port = await freePort();
  scope.use(await startLamps(directory, { api: { port, hosts: ["pi.local"] } }, { log: silentLog }));
  const authorization = `Bearer ${readFileSync(join(directory, "token"), "utf8").trim()}`;
  const status = async (host: string) =>
    (await ask({ host: "127.0.0.1", port }, "/api/v1/devices", { headers: { host, authorization } })).status;
  assert.deepEqual([await status(`pi.local:${port}`), await status("evil.example")], [200, 403]);
});

test("a port that is taken is told with who has it", async () => {
  await using scope = new Scope();
  const port = await freePort();
  const other = createServer().listen(port, "127.0.0.1");
  scope.defer(() => other.close());
  const starting = startLamps(temporaryDirectory(scope), { api: { port } }, { log: silentLog });
  const message = new RegExp(
    `127\\.0\\.0\\.1:${port}: .*\\(pid ${process.pid}\\) uses it; stop it or configure another`,
  );
  await assert.rejects(starting, { code: "START_FAILED", message });
});

test("a file of somebody's where the socket should be is left alone", async () => {
  await using scope = new Scope();
  const directory = temporaryDirectory(scope);
  const socket = join(directory, "notes.txt");
  writeFileSync(socket, "precious");
  const message = /notes\.txt: what is there is no socket; move it or choose another EDGETWIN_SOCKET/;
  await assert.rejects(startLamps(directory, { socket }, { log: silentLog }), { code: "START_FAILED", message });
  assert.equal(readFileSync(socket, "utf8"), "precious");
});

test("an empty password file is told before anything is sent to the broker", async () => {
  await using scope = new Scope();
  const directory = temporaryDirectory(scope);
  writeFileSync(join(directory, "secret"), "\n");
  const bus = { broker: "external", passwordFile: "secret" };
  const message = /^bus\.passwordFile: .*\/secret is empty; write the password into it or leave it out$/;
  await assert.rejects(startLamps(directory, { bus }, { log: silentLog }), { code: "CONFIG_INVALID", message });
});
