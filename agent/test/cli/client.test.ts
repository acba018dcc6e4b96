import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Scope } from "@edgetwin/mapper-sdk";
import { AgentClient } from "../../src/cli/client.ts";
import { testApi } from "../api/support/test-api.ts";

/** A client of something that answers on TCP. */
async function clientOf(scope: Scope, listener: RequestListener): Promise<AgentClient> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  scope.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return new AgentClient({ server: new URL(`http://127.0.0.1:${port}`), token: undefined }, "0.0.0");
}

const unreachable = (message: RegExp) => ({ code: "AGENT_UNREACHABLE", message });

test("nobody there, a stranger and an agent that dies while it answers are all told as an agent out of reach", async () => {
  await using scope = new Scope();
  const nobody = new AgentClient({ socket: "/nonexistent/edgetwin.sock" }, "0.0.0");
  await assert.rejects(nobody.request("/healthz"), unreachable(/no socket at \/nonexistent\/edgetwin\.sock/));

  const stranger = await clientOf(scope, (_, response) => response.writeHead(404).end("<html>"));
  await assert.rejects(stranger.request("/healthz"), unreachable(/no edgetwin agent \(status 404\); check --server/));

  const dying = await clientOf(scope, (_, response) => {
    response.writeHead(200, { "content-length": "100" }).write("{");
    response.destroy();
  });
  await assert.rejects(dying.request("/healthz"), { code: "AGENT_UNREACHABLE" });
});

test("the agent's own error arrives with its code and details", async () => {
  await using api = await testApi();
  const client = new AgentClient({ socket: api.address.socketPath }, "0.0.0");
  await assert.rejects(client.request("/api/v1/devices/default/nobody"), { code: "NOT_FOUND" });
  const body = { desired: { red: "BLINK" } };
  const refused = client.request("/api/v1/devices/default/traffic-light-instance-01/twin", { method: "PATCH", body });
  await assert.rejects(refused, (error: Error & { code?: string; details?: unknown[] }) => {
    assert.deepEqual([error.code, error.details?.length], ["VALUE_INVALID", 1]);
    return true;
  });
});
