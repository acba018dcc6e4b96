import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "@edgetwin/mapper-sdk";
import { type SinkPeer, testSinkContract } from "@edgetwin/mapper-sdk/testing";
import { createClient } from "@redis/client";
import { redis } from "../../src/sinks/kinds/redis.ts";
import { arrivedMember } from "../sinks/support/redis-far-end.ts";
import { WireProxy } from "../sinks/support/wire-proxy.ts";
import { type Service, startService } from "./service.ts";

const secret = "hunter2";

const startRedis = (): Promise<Service> =>
  startService({
    program: "redis-server",
    debianPackage: "redis-server",
    argv: (directory, socket) => [
      ...["--port", "0", "--unixsocket", socket, "--dir", directory, "--save", "", "--appendonly", "no"],
      ...["--requirepass", secret],
    ],
  });

/** A client of the test's own. */
async function client(socket: string) {
  const own = createClient({ socket: { path: socket, tls: false }, password: secret, database: 1 });
  await own.connect();
  return own;
}

/** Debian's redis-server behind a wire that can be cut. */
async function redisPeer(): Promise<SinkPeer> {
  const service = await startRedis();
  const own = await client(service.socket);
  const proxy = await WireProxy.open(service.socket);
  return {
    config: { addr: `127.0.0.1:${proxy.port}`, db: 1 },
    credential: { secret },
    arrived: async () =>
      (await own.exists("boiler")) === 0 || (await own.type("boiler")) !== "zset"
        ? []
        : (await own.zRange("boiler", 0, -1)).map(arrivedMember),
    connections: proxy.connections,
    stall: proxy.stall,
    down: proxy.down,
    up: proxy.up,
    async [Symbol.asyncDispose]() {
      await proxy.down();
      own.destroy();
      await service[Symbol.asyncDispose]();
    },
  };
}

testSinkContract(redis, { peer: redisPeer, refusable: false, badConfigs: [{}] });

test("a batch that comes twice is there once; a key of another kind refuses only its own device", async () => {
  await using service = await startRedis();
  const { config } = redis.check({ addr: service.socket, db: 1 }, "push");
  await using session = await redis.open(config, { clock: systemClock, credential: { secret } });
  const point = (device: string) => ({
    device,
    property: "level",
    type: "INT" as const,
    value: 1n,
    at: 1000,
    quality: "good" as const,
    config,
  });
  await session.send([point("plant/tank")]);
  await session.send([point("plant/tank")]);
  const own = await client(service.socket);
  try {
    assert.deepEqual(await own.zRangeWithScores("tank", 0, -1), [
      {
        score: 1000,
        value:
          '{"DeviceName":"tank","PropertyName":"level","Namespace":"plant","Value":"1","Type":"int","TimeStamp":1000}',
      },
    ]);
    await own.set("taken", "by somebody");
    await assert.rejects(session.send([point("plant/taken")]), { code: "SINK_REFUSED", message: /WRONGTYPE/ });
  } finally {
    own.destroy();
  }
});

test("a wrong password and a missing one say so", async () => {
  await using service = await startRedis();
  const { config } = redis.check({ addr: service.socket }, "push");
  const open = (credential?: { secret: string }) =>
    redis.open(config, { clock: systemClock, ...(credential && { credential }) });
  await assert.rejects(open({ secret: "wrong" }), { code: "SINK_UNAVAILABLE", message: /WRONGPASS/ });
  const point = {
    device: "a/b",
    property: "c",
    type: "INT" as const,
    value: 1n,
    at: 1,
    quality: "good" as const,
    config,
  };
  const without = open().then(async (session) => {
    await using open = session;
    await open.send([point]);
  });
  await assert.rejects(without, { code: "SINK_UNAVAILABLE", message: /NOAUTH/ });
});
