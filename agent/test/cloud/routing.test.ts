import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { type RecordedLine, readRecording } from "@edgetwin/cloud-protocol/testing";
import { settle } from "@edgetwin/mapper-sdk/testing";
import mqtt, { type MqttClient } from "mqtt";
import { type Joined, type JoinedOptions, joined } from "./support/joined-agent.ts";

interface Routed extends AsyncDisposable {
  readonly node: Joined;
  readonly client: MqttClient;
  readonly callPort: () => number | undefined;
  /** What somebody on the bus got. */
  readonly got: string[];
  readonly bus: { readonly broker: "embedded"; readonly port: number };
  send(operation: string, resource: string, content?: unknown, source?: string): string;
}

let ids = 0;

/** A port that is free now. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function routed(
  cloudSettings: Readonly<Record<string, unknown>> = {},
  options: JoinedOptions = {},
): Promise<Routed> {
  const node = await joined(options);
  const bus = { broker: "embedded", port: await freePort() } as const;
  const agent = await node.start({
    bus,
    cloud: { report: "5ms", node: false, ...cloudSettings },
  });
  await node.cloud.until(() => node.cloud.sessions === 1 && node.cloud.keepalives > 0);
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${bus.port}`);
  const got: string[] = [];
  client.on("message", (topic, payload) => got.push(`${topic} ${payload}`));
  await client.subscribeAsync("#");
  return {
    ...{ node, client, got, bus },
    callPort: () => agent.cloud.callPort,
    send(operation, resource, content = null, source = "router_eventbus") {
      ids += 1;
      const header = { msg_id: `r${ids}`, timestamp: 1 };
      node.cloud.send({ header, route: { source, group: "user", operation, resource }, content });
      return `r${ids}`;
    },
    async [Symbol.asyncDispose]() {
      await client.endAsync(true);
      await node[Symbol.asyncDispose]();
    },
  };
}

const uploads = ({ node }: Routed) =>
  node.cloud.up.flatMap(({ route, content }) => (route.source === "bus" ? [`${route.resource} ${content}`] : []));

describe("Rules of the cloud", () => {
  test("publish on the bus, and bring up what is published under their topics, with the namespace in front", async () => {
    await using on = await routed();
    const { node, client, got } = on;
    on.send("publish", "cmd/led", '{"on":1}');
    on.send("publish", "$hw/events/device/x/twin/update", "{}");
    on.send("publish", "a/#", "x");
    on.send("publish", "last", "");
    while (!got.includes("last ")) await settle();
    assert.deepEqual(got, ['cmd/led {"on":1}', "last "]);
    on.send("subscribe", "default/tele/+");
    on.send("subscribe", "default/$hw/#");
    on.send("subscribe", "none");
    while (!JSON.stringify(node.log).includes("topic of a rule is not forwarded")) await settle();
    await client.publishAsync("tele/t1", "5", { qos: 1 });
    await client.publishAsync("other", "6", { qos: 1 });
    await client.publishAsync("tele/t2", "7", { qos: 1 });
    await node.cloud.until(() => uploads(on).length === 2);
    assert.deepEqual(uploads(on), ["default/tele/t1 5", "default/tele/t2 7"]);
    on.send("unsubscribe", "default/tele/+");
    on.send("publish", "mark", "1");
    while (!got.includes("mark 1")) await settle();
    await client.publishAsync("tele/t1", "8", { qos: 1 });
    assert.equal(uploads(on).length, 2);
  });

  test("are kept while there is no connection, and over a restart", async () => {
    await using on = await routed();
    const { node } = on;
    on.send("subscribe", "default/a");
    on.send("publish", "mark", "1");
    while (!on.got.includes("mark 1")) await settle();
    await on.client.endAsync(true);
    await node.stop();
    const from = node.cloud.handshakes.length;
    await node.start({ bus: on.bus, cloud: { node: false } });
    await node.cloud.until(() => node.cloud.handshakes.length > from && node.cloud.sessions === 1);
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${on.bus.port}`);
    while (uploads(on).length === 0) {
      await client.publishAsync("a", "1", { qos: 1 });
      await settle();
    }
    assert.equal(uploads(on)[0], "default/a 1");
    await client.endAsync(true);
  });

  test("call services of this machine on the ports that are allowed, and answer whatever happens", async () => {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (piece) => {
        body += piece;
      });
      request.on("end", () => {
        requests.push(`${request.method} ${request.url} ${request.headers["x-test"]} ${body}`);
        response.writeHead(201, { "X-App": "1" }).end("app-reply");
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await using on = await routed({ services: [port, 9] });
    const call = async (to: number, path: string, method = "POST") => {
      const content = {
        header: { "X-Test": ["1"], Host: ["evil"] },
        body: Buffer.from("body1").toString("base64"),
        method,
        url: "",
      };
      const id = on.send(method, `${to}:${path}`, content, "router_servicebus");
      const { route, content: reply } = await on.node.cloud.received(({ header }) => header.parentId === id);
      assert.deepEqual([route.source, route.group, route.operation], ["servicebus", "user", "upload"]);
      const { status_code, body, header } = reply as {
        status_code: number;
        body: string;
        header: Record<string, string[]>;
      };
      return { status: status_code, body: Buffer.from(body, "base64").toString(), header };
    };
    const answer = await call(port, "/app/x/y?q=1");
    assert.deepEqual([answer.status, answer.body, answer.header["X-App"]], [201, "app-reply", ["1"]]);
    assert.deepEqual(requests, ["POST /app/x/y?q=1 1 body1"]);
    const forbidden = await call(22, "/");
    assert.deepEqual([forbidden.status, forbidden.body], [403, "port 22 is not among cloud.services of this node\n"]);
    assert.equal((await call(9, "/")).status, 502);
    assert.equal((await call(port, "/a b")).status, 400);
    server.close();
    server.closeAllConnections();
  });

  test("let programs of this machine call URLs of the cloud, those alone that a rule names", async () => {
    const port = await freePort();
    await using on = await routed({ callPort: port });
    assert.equal(on.callPort(), undefined);
    on.send("start", "http://127.0.0.1:18888/in", null, "router_servicebus");
    while (on.callPort() === undefined) await settle();
    const post = async (body: unknown, headers: Record<string, string> = {}) => {
      const response = await fetch(`http://127.0.0.1:${port}/`, {
        method: "POST",
        body: JSON.stringify(body),
        headers,
      });
      return { status: response.status, ...((await response.json()) as Record<string, unknown>) };
    };
    const request = { method: "POST", targetURL: "http://127.0.0.1:18888/in", payload: { t: 5 } };
    const pending = post(request);
    const { header, route, content } = await on.node.cloud.received((up) => up.route.source === "servicebus");
    assert.deepEqual([route.operation, route.resource], ["upload", request.targetURL]);
    assert.deepEqual(JSON.parse(Buffer.from(String(content), "base64").toString()), request);
    on.node.cloud.send({
      header: { msg_id: "reply", parent_msg_id: header.id, timestamp: 1 },
      route: { source: "servicebus", group: "user", operation: "response", resource: "" },
      content: "target-reply",
    });
    assert.deepEqual(await pending, {
      ...{ status: 200, code: 200 },
      ...{ msg: "receive response from cloud successfully", body: "target-reply" },
    });
    assert.equal((await post({ ...request, targetURL: "http://elsewhere/" })).status, 400);
    assert.equal((await post({})).status, 400);
    assert.equal((await post(request, { origin: "http://page" })).status, 403);
    // A slash is lost on the way, as with CloudCore.
    on.send("stop", "http:/127.0.0.1:18888/in", null, "router_servicebus");
    on.send("publish", "mark", "1");
    while (!on.got.includes("mark 1")) await settle();
    assert.equal((await post(request)).status, 400);
  });

  test("of the recorded session do what they did to EdgeCore's client", async () => {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { "X-App": "1" }).end("app-reply");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await using on = await routed({ services: [port] });
    const lines = (await readRecording("cloudcore-session-rules")).filter(({ dir, frame }) => dir === "down" && frame);
    for (const { frame } of lines as readonly RecordedLine[]) {
      const text = JSON.stringify(frame).replaceAll("19999:", `${port}:`);
      on.node.cloud.send(JSON.parse(text) as Record<string, unknown>);
      if (text.includes('"subscribe"')) {
        on.send("publish", "mark", "1");
        while (!on.got.includes("mark 1")) await settle();
        await on.client.publishAsync("tele/t1", '{"t":5}', { qos: 1 });
      }
    }
    await on.node.cloud.until(() => on.node.cloud.up.filter(({ route }) => route.source === "servicebus").length === 4);
    assert.deepEqual(uploads(on), ['rec-wire/tele/t1 {"t":5}']);
    assert.deepEqual(
      on.got.filter((line) => line.startsWith("cmd")),
      ['cmd/led {"on":1}', "cmd/led/c/d plain text"],
    );
    server.close();
    server.closeAllConnections();
  });
});
