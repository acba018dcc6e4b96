import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, beforeEach, test } from "node:test";
import { connect as connectTls } from "node:tls";
import {
  acknowledgement,
  formatEnvelope,
  keepalive,
  type Message,
  parseEnvelope,
  sessionHeaders,
  sessionPath,
  twinReport,
} from "@edgetwin/cloud-protocol";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { WebSocket } from "ws";
import { type Authority, openAuthority } from "../src/certificates/authority.ts";
import { type Credential, readRequest } from "../src/certificates/certificates.ts";
import { certificatePem, keyPem } from "../src/certificates/pem.ts";
import { certificateRequest } from "../src/certificates/testing/certificate-request.ts";
import { memorySecrets } from "../src/certificates/testing/memory-secrets.ts";
import { closeCodes } from "../src/hub/close-codes.ts";
import { type Hub, openHub } from "../src/hub/hub.ts";
import { MemoryContent, MemoryEvents } from "../src/hub/testing/memory-nodes.ts";

let clock: ManualClock;
let authority: Authority;
let content: MemoryContent;
let events: MemoryEvents;
let hub: Hub;
const credentials = new Map<string, Credential>();

before(async () => {
  // TLS checks against the machine's clock, the hub against its own: they begin at the same time.
  clock = new ManualClock(Date.now());
  authority = await openAuthority({ secrets: memorySecrets(), clock, serverNames: ["127.0.0.1"] });
  // Before the hub's time runs ahead of TLS's.
  for (const node of ["edge-1", "edge-2", "edge-3", "edge-9"]) await credentialOf(node);
});

beforeEach(async () => {
  await hub?.[Symbol.asyncDispose]();
  content = new MemoryContent();
  events = new MemoryEvents();
  hub = await openHub({ authority, content, events, host: "127.0.0.1", port: 0, clock });
});

after(() => hub[Symbol.asyncDispose]());

async function credentialOf(node: string): Promise<Credential> {
  const known = credentials.get(node);
  if (known) return known;
  const { der, key } = await certificateRequest({ commonName: `system:node:${node}` });
  const made = { certificate: await authority.sign(await readRequest(der), node, [2]), key };
  credentials.set(node, made);
  return made;
}

const tlsOf = ({ certificate, key }: Credential) => ({
  cert: certificatePem(certificate),
  key: keyPem(key),
  ca: certificatePem(authority.certificate),
});

/** An edge with a socket of its own; it begins with a keepalive, as EdgeCore does. */
async function edge(node: string, options: { readonly headers?: object; readonly credential?: Credential } = {}) {
  const { headers = sessionHeaders(node), credential = await credentialOf(node) } = options;
  const socket = new WebSocket(`wss://127.0.0.1:${hub.port}${sessionPath(node)}`, {
    headers: { ...headers },
    ...tlsOf(credential),
  });
  const frames: ReturnType<typeof parseEnvelope>[] = [];
  let arrived = () => {};
  socket.on("message", (data) => {
    frames.push(parseEnvelope(String(data)));
    arrived();
  });
  const say = <T>(message: Message<T>, value: T) =>
    socket.send(formatEnvelope(message.write(value, { id: `up-${Math.random()}`, timestamp: clock.now() })));
  /** The next frame that has this in its resource. */
  const next = async (part: string) => {
    for (;;) {
      const at = frames.findIndex(({ route }) => route.resource.includes(part));
      const [frame] = at < 0 ? [] : frames.splice(0, at + 1).slice(-1);
      if (frame) return frame;
      await new Promise<void>((resolve) => (arrived = resolve));
    }
  };
  const opened = async () => {
    await once(socket, "open");
    say(keepalive, {});
  };
  return { socket, say, next, opened, closed: () => once(socket, "close") as Promise<[number, Buffer]> };
}

async function refusalOf(node: string, headers: object, credential?: Credential): Promise<string> {
  const { socket } = await edge(node, { headers, ...(credential && { credential }) });
  socket.on("error", () => {});
  const [, response] = await once(socket, "unexpected-response");
  const chunks = await response.toArray();
  return `${response.statusCode} ${Buffer.concat(chunks)}`.trim();
}

test("an edge gets its objects over TLS, acknowledges them, and its report is stored and confirmed", async () => {
  content.model("edge-1");
  content.device("edge-1", "a");
  const peer = await edge("edge-1");
  await peer.opened();
  for (const part of ["devicemodel/m", "device/a"]) {
    const frame = await peer.next(part);
    peer.say(acknowledgement, { parentId: frame.header.id, resource: frame.route.resource });
  }
  const twin = new Map([["t", { actual: { value: "1", timestamp: 1 } }]]);
  peer.say(twinReport, { namespace: "default", name: "a", eventId: "", timestamp: 1, twin });
  assert.equal((await peer.next("twin")).content, "OK");
  assert.equal(events.reports.length, 1);
  assert.equal(hub.isSettled("edge-1"), true);
  assert.equal(hub.counters().sessions, 1);
});

test("a connection that is refused gets a reason and no session", async () => {
  const good = sessionHeaders("edge-1");
  const foreign = await credentialOf("edge-2");
  assert.deepEqual(
    [
      await refusalOf("edge-1", { ...good, ConnectionUse: "str" }),
      await refusalOf("edge-1", { ...good, node_id: "../x" }),
      await refusalOf("edge-1", { ...good, Origin: "https://elsewhere.example" }),
      await refusalOf("edge-1", good, foreign),
    ],
    [
      '400 header ConnectionUse must be msg, not "str"',
      '400 header node_id must be the name of a node, not "../x"',
      "403 Origin https://elsewhere.example is not this host; an edge sends no Origin",
      "403 the certificate of system:node:edge-2 may not connect as node edge-1",
    ],
  );
  assert.deepEqual([hub.connectedNodes(), hub.counters().refusedConnections], [[], 4]);
});

test("without a certificate of the authority TLS ends before anything is said", async () => {
  const socket = connectTls({ host: "127.0.0.1", port: hub.port, rejectUnauthorized: false });
  const [error] = await once(socket, "error");
  assert.match(String(error.code), /ERR_SSL|ECONNRESET/);
});

test("a second connection of a node takes over and the first is told; disconnected and connected are paired", async () => {
  const first = await edge("edge-1");
  await first.opened();
  const closed = first.closed();
  const second = await edge("edge-1");
  await second.opened();
  const [code, reason] = await closed;
  assert.deepEqual([code, /took over/.test(String(reason))], [closeCodes.replaced, true]);
  assert.deepEqual(events.said, ["connected edge-1", "disconnected edge-1: replaced", "connected edge-1"]);
  content.device("edge-1", "a");
  await second.next("device/a");
});

test("an edge that was killed after storing and before acknowledging gets the object again", async () => {
  content.device("edge-3", "a");
  const first = await edge("edge-3");
  await first.opened();
  await first.next("device/a");
  first.socket.terminate();
  const second = await edge("edge-3");
  await second.opened();
  assert.equal((await second.next("device/a")).route.operation, "insert");
});

test("an edge that says nothing more is sent away after 30 s, and forgotten even if it does not answer", async () => {
  const peer = await edge("edge-1");
  await peer.opened();
  content.device("edge-1", "a");
  await peer.next("device/a");
  // Half-open: nothing that the hub says arrives any more, so neither its goodbye.
  peer.socket.pause();
  await clock.advance(30_000);
  assert.equal(hub.counters().silentSessions, 1);
  await clock.advance(2_000);
  while (hub.connectedNodes().length > 0) await new Promise((resolve) => setImmediate(resolve));
  peer.socket.terminate();
});

test("a frame beyond the limit ends the connection, others go on", async () => {
  const other = await edge("edge-2");
  await other.opened();
  const peer = await edge("edge-1");
  await peer.opened();
  const closed = peer.closed();
  peer.socket.on("error", () => {});
  peer.socket.send("x".repeat(2 * 1024 * 1024 + 1));
  assert.equal((await closed)[0], 1009);
  content.device("edge-2", "a");
  await other.next("device/a");
});

test("a revoked node is sent away within a minute and cannot come back with its certificate", async () => {
  const credential = await credentialOf("edge-9");
  const peer = await edge("edge-9", { credential });
  await peer.opened();
  const closed = peer.closed();
  await authority.revocations.revoke("edge-9");
  for (let second = 0; second < 60; second += 10) {
    await clock.advance(10_000);
    peer.say(keepalive, {});
    content.device("edge-9", `d${second}`);
    if (hub.counters().sessions === 1 && second < 50) await peer.next(`device/d${second}`);
  }
  assert.equal((await closed)[0], closeCodes.certificate);
  assert.match(await refusalOf("edge-9", sessionHeaders("edge-9"), credential), /^401 .*revoked/);
});

test("a hub that stops tells every edge when to come back", async () => {
  const peers = [await edge("edge-1"), await edge("edge-2")];
  for (const peer of peers) await peer.opened();
  const closed = Promise.all(peers.map((peer) => peer.closed()));
  await hub[Symbol.asyncDispose]();
  for (const [code, reason] of await closed) {
    assert.equal(code, closeCodes.restarting);
    assert.match(String(reason), /^the bridge restarts; come back in \d+ s$/);
  }
  assert.equal(events.said.filter((said) => said.startsWith("disconnected")).length, 2);
});
