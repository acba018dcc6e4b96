import assert from "node:assert/strict";
import { mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { status } from "@grpc/grpc-js";
import { MapperError } from "../../errors.ts";
import { Scope } from "../../scope.ts";
import { ManualClock } from "../../testing/manual-clock.ts";
import { one } from "../wire/field.ts";
import { message } from "../wire/message.ts";
import { text, whole } from "../wire/scalar.ts";
import { connect } from "./connect.ts";
import { listen } from "./listen.ts";
import { type Handlers, implement } from "./serve-call.ts";
import { service, streaming, unary } from "./service.ts";

const word = message("test.Word", { text: one(1, text) });
const count = message("test.Count", { number: one(1, whole) });
const echo = service("test.Echo", { say: unary(word, word), countTo: streaming(count, count) });
type EchoHandlers = Handlers<typeof echo.procedures>;

/** A server and a client of it over a real socket. */
async function wired(handlers: EchoHandlers, clock = new ManualClock()) {
  const scope = new Scope();
  const folder = scope.adopt(await mkdtemp(join(tmpdir(), "dmi-")), (path) => rm(path, { recursive: true }));
  const socket = join(folder, "test.sock");
  const listening = scope.use(await listen(socket, [implement(echo, handlers)]));
  const connection = scope.use(await connect(socket, { clock }));
  const client = connection.client(echo);
  return {
    folder,
    socket,
    listening,
    connection,
    client,
    clock,
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
}

/** A promise that the test fulfils. */
function gate() {
  let open = () => {};
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open: () => open() };
}

const never = () => new Promise<never>(() => {});
const refusedWith = (code: string, text: RegExp) => (error: unknown) => {
  assert.ok(error instanceof MapperError);
  assert.equal(error.code, code);
  assert.match(error.message, text);
  return true;
};

test("a call is answered, and a stream delivers everything in order", async () => {
  await using rig = await wired({
    say: ({ text }) => ({ text: `${text}!` }),
    async *countTo({ number }) {
      for (let at = 1; at <= number; at++) yield { number: at };
    },
  });
  assert.deepEqual(await rig.client.say({ text: "grüß" }), { text: "grüß!" });
  const seen: number[] = [];
  for await (const { number } of rig.client.countTo({ number: 2000 })) seen.push(number);
  assert.deepEqual(
    seen,
    Array.from({ length: 2000 }, (_, index) => index + 1),
  );
});

describe("what a handler throws", () => {
  const cases: [MapperError | Error, string, number][] = [
    [
      new MapperError("CONFIG_INVALID", "visitors.power.line: is missing\n½ 線 \ud800"),
      "CONFIG_INVALID",
      status.FAILED_PRECONDITION,
    ],
    [new MapperError("VALUE_INVALID", "no"), "VALUE_INVALID", status.INVALID_ARGUMENT],
    [new MapperError("DEVICE_BUSY", "GPIO17 is held"), "DEVICE_BUSY", status.RESOURCE_EXHAUSTED],
    [new MapperError("DEVICE_ABORTED", "closing"), "DEVICE_ABORTED", status.CANCELLED],
    [new TypeError("a bug"), "DEVICE_IO", status.INTERNAL],
  ];
  for (const [thrown, code, grpc] of cases) {
    test(`reaches the caller as ${code}, with gRPC status ${status[grpc]} for others`, async () => {
      await using rig = await wired({
        say: () => Promise.reject(thrown),
        // biome-ignore lint/correctness/useYield: it throws before it has anything to yield
        async *countTo() {
          throw thrown;
        },
      });
      const next = () => rig.client.countTo({})[Symbol.asyncIterator]().next();
      for (const start of [() => rig.client.say({}), next]) {
        await assert.rejects(start, (error: MapperError) => {
          assert.equal(error.code, code);
          assert.equal(error.message, Buffer.from(thrown.message).toString());
          assert.equal((error.cause as { code: number }).code, grpc);
          return true;
        });
      }
    });
  }

  test("comes after everything that was sent before", async () => {
    await using rig = await wired({
      async *countTo() {
        yield { number: 1 };
        yield { number: 2 };
        throw new MapperError("DEVICE_IO", "unplugged");
      },
    });
    const seen: number[] = [];
    const all = async () => {
      for await (const { number } of rig.client.countTo({})) seen.push(number);
    };
    await assert.rejects(all, refusedWith("DEVICE_IO", /^unplugged$/));
    assert.deepEqual(seen, [1, 2]);
  });
});

describe("giving up", () => {
  test("an aborted call rejects at once, and its handler is told", async () => {
    const told = gate();
    await using rig = await wired({
      say: (_, { signal }) => {
        signal.addEventListener("abort", () => told.open());
        caller.abort(new MapperError("DEVICE_ABORTED", "the agent stops"));
        return never();
      },
    });
    const caller = new AbortController();
    await assert.rejects(rig.client.say({}, caller), refusedWith("DEVICE_ABORTED", /the agent stops/));
    await told.promise;
    await assert.rejects(rig.client.say({}, caller), refusedWith("DEVICE_ABORTED", /the agent stops/));
  });

  test("an answer that does not come in time is DEVICE_IO", async () => {
    const asked = gate();
    await using rig = await wired({
      say: () => {
        asked.open();
        return never();
      },
    });
    const answer = rig.client.say({}, { timeoutMs: 10_000 });
    await asked.promise;
    await Promise.all([
      assert.rejects(answer, refusedWith("DEVICE_IO", /Say at .*test\.sock did not answer within 10s/)),
      rig.clock.advance(10_000),
    ]);
    assert.equal(rig.clock.timers, 0);
  });

  test("whoever leaves a stream ends it for its handler too", async () => {
    const told = gate();
    await using rig = await wired({
      async *countTo(_, { signal }) {
        signal.addEventListener("abort", () => told.open());
        yield { number: 1 };
        await never();
      },
    });
    for await (const { number } of rig.client.countTo({})) {
      assert.equal(number, 1);
      break;
    }
    await told.promise;
  });

  test("a sender waits for a receiver that is slow", async () => {
    let sent = 0;
    await using rig = await wired({
      async *countTo() {
        for (;;) yield { number: ++sent };
      },
    });
    const numbers = rig.client.countTo({})[Symbol.asyncIterator]();
    await numbers.next();
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(sent < 20_000, `${sent} messages were sent to somebody who took one`);
    await numbers.return?.();
  });
});

describe("the other side", () => {
  test("that stops ends the connection and what is in flight", async () => {
    const asked = gate();
    await using rig = await wired({
      say: () => {
        asked.open();
        return never();
      },
    });
    const answer = rig.client.say({});
    await asked.promise;
    await Promise.all([
      assert.rejects(answer, refusedWith("DEVICE_IO", /nobody answers there|connection/i)),
      rig.listening[Symbol.asyncDispose](),
      rig.connection.ended,
    ]);
    await assert.rejects(rig.client.say({}), refusedWith("DEVICE_IO", /has ended/));
    await assert.rejects(connect(rig.socket), refusedWith("DEVICE_IO", /^nobody listens at .*test\.sock$/));
  });

  test("that does not know a call says so", async () => {
    await using rig = await wired({});
    await assert.rejects(
      rig.client.say({}),
      refusedWith("CONFIG_INVALID", /Say at .*: the other side does not know this call/),
    );
  });

  test("refuses more than 4 MiB without ending the connection", async () => {
    await using rig = await wired({ say: ({ text }) => ({ text: String(text.length) }) });
    await assert.rejects(
      rig.client.say({ text: "x".repeat(4 * 1024 * 1024) }),
      refusedWith("DEVICE_BUSY", /larger than 4194304/),
    );
    assert.deepEqual(await rig.client.say({ text: "abc" }), { text: "3" });
  });
});

describe("a socket", () => {
  test("is for its owner and group, and goes when its server does", async () => {
    const rig = await wired({});
    assert.equal((await stat(rig.socket)).mode & 0o777, 0o660);
    await rig.listening[Symbol.asyncDispose]();
    await assert.rejects(stat(rig.socket), { code: "ENOENT" });
    await rig[Symbol.asyncDispose]();
  });

  test("that a dead process left behind is replaced, one that is in use is not", async () => {
    await using rig = await wired({ say: () => ({ text: "first" }) });
    await assert.rejects(listen(rig.socket, []), refusedWith("DEVICE_BUSY", /another process listens at/));
    const left = join(rig.folder, "left.sock");
    await leaveBehind(left);
    await using _ = await listen(left, [implement(echo, { say: () => ({ text: "second" }) })], { mode: 0o600 });
    using second = await connect(left);
    assert.deepEqual(await second.client(echo).say({}), { text: "second" });
    assert.equal((await stat(left)).mode & 0o777, 0o600);
  });

  test("that cannot be is refused by its path", async () => {
    await using rig = await wired({});
    const file = join(rig.folder, "file");
    await writeFile(file, "precious");
    await assert.rejects(listen(file, []), refusedWith("CONFIG_INVALID", /exists and is no socket/));
    await assert.rejects(listen("relative.sock", []), refusedWith("CONFIG_INVALID", /begins with a slash/));
    await assert.rejects(
      listen(`/${"x".repeat(120)}`, []),
      refusedWith("CONFIG_INVALID", /121 bytes; a socket here can have 107/),
    );
    await assert.rejects(
      listen(join(rig.folder, "no/such.sock"), []),
      refusedWith("CONFIG_INVALID", /cannot listen at/),
    );
  });
});

/** A socket that nobody listens at, as after kill -9: closing a server removes the path it was bound to. */
async function leaveBehind(path: string): Promise<void> {
  const bound = `${path}.bound`;
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(bound, resolve));
  await rename(bound, path);
  await new Promise((resolve) => server.close(resolve));
}
