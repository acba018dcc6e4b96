import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { test } from "node:test";
import { HalError } from "../hal.ts";
import { ManualClock } from "../testing/manual-clock.ts";
import { repeat } from "../testing/repeat.ts";
import { serveLines } from "../testing/serve-lines.ts";
import { SimBoard } from "../testing/sim-board.ts";
import { simulatedLines } from "../testing/simulated-lines.ts";
import { connectLines } from "./connect-lines.ts";

const board = new SimBoard();
const { signal } = new AbortController();
const anywhere = { host: "127.0.0.1", port: 0 };
const echo = (line: string) => `you said ${line}`;
const isDisconnected = (error: unknown) => error instanceof HalError && error.kind === "disconnected";

test("questions that come at once are asked one after the other, each with its own answer", async () => {
  await using server = await serveLines(anywhere, echo);
  await using lines = await connectLines(server.address, { board, signal });
  const answers = await Promise.all(["a", "b", "c"].map((question) => lines.ask(question, signal)));
  assert.deepEqual(answers, ["you said a", "you said b", "you said c"]);
});

test("a lost connection fails its question, and the next one connects anew", async () => {
  let count = 0;
  const server = await bareServer((socket, line) => (count++ === 0 ? socket.destroy() : socket.write(`${line}\r\n`)));
  await using lines = await connectLines(server.address, { board, signal });
  await assert.rejects(lines.ask("a", signal), isDisconnected);
  assert.equal(await lines.ask("b", signal), "b");
  await server.close();
  await assert.rejects(lines.ask("c", signal), isDisconnected);
});

test("who gives up is free at once, and the late answer is not taken for that of the next question", async () => {
  const asked: string[] = [];
  const heard = deferred();
  const server = await bareServer((socket, line) => {
    asked.push(line);
    if (line === "slow") heard.resolve();
    else socket.write(`${line}\n`);
  });
  await using lines = await connectLines(server.address, { board, signal });
  const caller = new AbortController();
  const slow = lines.ask("slow", caller.signal);
  const waiting = lines.ask("waiting", caller.signal);
  await heard.promise;
  caller.abort(new Error("enough"));
  await assert.rejects(slow, /enough/);
  await assert.rejects(waiting, /enough/);
  assert.equal(await lines.ask("next", signal), "next");
  assert.deepEqual(asked, ["slow", "next"]);
  await server.close();
});

test("what nobody asked for is dropped, and a device that never ends its line is let go", async () => {
  const server = await bareServer((socket, line) => {
    if (line === "flood") socket.write("x".repeat(100_000));
    else socket.write(`${line}\nunasked\n`);
  });
  await using lines = await connectLines(server.address, { board, signal });
  assert.equal(await lines.ask("a", signal), "a");
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(await lines.ask("b", signal), "b");
  await assert.rejects(lines.ask("flood", signal), /more than 65536 characters in one line/);
  await server.close();
});

test("nobody there is told with the address, at the first connection too", async () => {
  const { address } = await closedServer();
  await assert.rejects(connectLines(address, { board, signal }), (error) => {
    return isDisconnected(error) && String(error).includes(`127.0.0.1:${address.port} does not answer`);
  });
});

test("a closed conversation asks nothing more, and a question of two lines is a mistake of the mapper", async () => {
  await using server = await serveLines(anywhere, echo);
  const lines = await connectLines(server.address, { board, signal });
  assert.throws(() => lines.ask("a\nb", signal), TypeError);
  await lines[Symbol.asyncDispose]();
  await lines[Symbol.asyncDispose]();
  await assert.rejects(lines.ask("a", signal), isDisconnected);
});

test("an emulator on a port that is taken names it", async () => {
  await using server = await serveLines(anywhere, echo);
  await assert.rejects(
    serveLines(server.address, echo),
    new RegExp(`127.0.0.1:${server.address.port}: another program`),
  );
});

test("what makes an emulated device change by itself ends with its server, also when that cannot listen", async () => {
  const clock = new ManualClock();
  let level = 0;
  const rise = () => repeat(clock, 1000, () => level++);
  const server = await serveLines(anywhere, () => String(level), rise());
  await clock.advance(3500);
  await assert.rejects(serveLines(server.address, echo, rise()), /another program/);
  await server[Symbol.asyncDispose]();
  await clock.advance(3500);
  assert.deepEqual([level, clock.timers], [3, 0]);
});

test("an emulator that throws says so, and goes on", async () => {
  await using server = await serveLines(anywhere, (line) => JSON.parse(line));
  await using lines = await connectLines(server.address, { board, signal });
  assert.match(await lines.ask("{", signal), /^error: .*JSON/);
  assert.equal(await lines.ask("5", signal), "5");
});

test("simulated lines are operations of their board, which counts what is open and what is released twice", async () => {
  const simulated = new SimBoard();
  const connect = simulatedLines(() => (line) => (line === "silence" ? undefined : echo(line)));
  const lines = await connect(anywhere, { board: simulated, signal });
  assert.equal(await lines.ask("a", signal), "you said a");
  assert.deepEqual([simulated.open, simulated.faults.trace], [1, ["127.0.0.1:0 connect", "127.0.0.1:0 ask a"]]);
  const caller = new AbortController();
  const unanswered = lines.ask("silence", caller.signal);
  caller.abort(new Error("enough"));
  await assert.rejects(unanswered, /enough/);
  await lines[Symbol.asyncDispose]();
  assert.equal(simulated.open, 0);
  await lines[Symbol.asyncDispose]();
  assert.deepEqual(simulated.faults.misuse, ["127.0.0.1:0 was released twice"]);
});

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** A server that does what a test wants to each line. */
async function bareServer(onLine: (socket: Socket, line: string) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("data", (data) => {
      for (const line of data.toString().split("\n").slice(0, -1)) onLine(socket, line);
    });
    socket.on("error", () => {});
  });
  const address = await listening(server);
  return {
    address,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

async function closedServer() {
  const server = createServer();
  const address = await listening(server);
  server.close();
  await once(server, "close");
  return { address };
}

async function listening(server: Server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { host: "127.0.0.1", port: (server.address() as { port: number }).port };
}
