import assert from "node:assert/strict";
import { test } from "node:test";
import { MapperError } from "@edgetwin/mapper-sdk";
import { settle } from "@edgetwin/mapper-sdk/testing";
import { schemas } from "../../src/api/openapi/schemas.ts";
import { AgentError } from "../../src/errors.ts";
import type { MethodCall } from "../../src/runner/method-call.ts";
import { violations } from "./support/json-schema.ts";
import { lightId, trafficLight } from "./support/manifests.ts";
import { type TestApi, testApi } from "./support/test-api.ts";

const methods = `/api/v1/devices/${lightId}/methods`;

/** The traffic light with a method of its mapper and one of its manifest. */
async function lightWithMethods(
  blink: (call: MethodCall) => Promise<unknown> = async () => undefined,
): Promise<TestApi> {
  const api = await testApi();
  api.core.registry.methods.set("blink", blink);
  const spec = `
  methods:
    - { name: night, description: for quiet hours, propertyNames: [red, seconds, power] }
    - { name: blink, description: hidden, propertyNames: [red] }`;
  await api.core.registry.apply(trafficLight + spec.slice(1), { origin: { door: "manifest", actor: "test" } });
  return api;
}

const post = (input?: unknown) => ({ method: "POST", body: input === undefined ? {} : { input } });

test("lists the methods of the mapper and of the manifest, with what they take", async () => {
  await using api = await lightWithMethods();
  const { status, body } = await api.ask(methods);
  assert.equal(status, 200);
  assert.deepEqual(body, {
    device: lightId,
    items: [
      {
        kind: "mapper",
        name: "blink",
        description: "Does blink.",
        input: [{ name: "times", expected: "a whole number", optional: true, default: 1 }],
      },
      { kind: "properties", name: "night", description: "for quiet hours", properties: ["red", "seconds", "power"] },
    ],
  });
  assert.deepEqual(violations(body, schemas.MethodList ?? {}, schemas), []);
});

test("a method of the mapper gets input and time, and its answer is the answer", async () => {
  const calls: Pick<MethodCall, "input" | "timeoutMs">[] = [];
  await using api = await lightWithMethods(async ({ input, timeoutMs }) => {
    calls.push({ input, timeoutMs });
    return { blinked: 2n ** 60n };
  });
  const answer = await api.ask(`${methods}/blink?timeout=30s`, post({ times: 2 }));
  assert.equal(answer.status, 200);
  assert.match(answer.text, /"output":\{"blinked":1152921504606846976\}/);
  await api.ask(`${methods}/blink`, post());
  assert.deepEqual(calls, [
    { input: { times: 2 }, timeoutMs: 30_000 },
    { input: undefined, timeoutMs: 10_000 },
  ]);
  assert.deepEqual(violations(answer.body, schemas.MethodAnswer ?? {}, schemas), []);
});

test("who called what is remembered with input, answer and failure", async () => {
  let works = true;
  await using api = await lightWithMethods(async () => {
    if (!works) throw new MapperError("DEVICE_IO", "the bulb is broken");
    return { blinked: 2 };
  });
  await api.ask(`${methods}/blink`, { ...post({ times: 2 }), headers: { "edgetwin-actor": "eva" } });
  works = false;
  const failed = await api.ask(`${methods}/blink`, post());
  assert.equal(failed.status, 502);
  assert.equal(failed.body.code, "DEVICE_FAILED");
  assert.equal(failed.body.detail, `${lightId} blink: the bulb is broken`);
  const { body } = await api.ask(`${methods}/blink/causes`);
  assert.deepEqual(
    body.items.map(({ seq, by, what, reason }: Record<string, unknown>) => [seq, by, what, reason]),
    [
      [0, { door: "rest", actor: "eva" }, "called", 'with {"times":2}; answered {"blinked":2}'],
      [1, { door: "rest", actor: "local client" }, "call-failed", `${lightId} blink: the bulb is broken`],
    ],
  );
  assert.deepEqual(violations(body, schemas.Calls ?? {}, schemas), []);
  assert.equal((await api.ask(`${methods}/blink/causes?limit=1`)).body.items.length, 1);
});

test("every mistake has its code and says what to do", async () => {
  await using api = await lightWithMethods(({ input }) =>
    input === undefined
      ? Promise.reject(new AgentError("DEVICE_UNAVAILABLE", "it is waiting"))
      : Promise.reject(new MapperError("VALUE_INVALID", "blink.times: expected a whole number")),
  );
  const cases: readonly [string, object, number, string, RegExp][] = [
    ["blnk", post(), 404, "NOT_FOUND", /no method blnk; did you mean "blink"/],
    ["blink", post({ times: "x" }), 422, "VALUE_INVALID", /blink\.times/],
    ["blink", post(), 503, "DEVICE_UNAVAILABLE", /waiting/],
    ["blink", { method: "POST", body: { inputs: 1 } }, 400, "REQUEST_INVALID", /"inputs"; did you mean "input"/],
    ["blink?timeout=soon", post(), 400, "REQUEST_INVALID", /"soon" is no duration/],
    ["night", post(), 422, "VALUE_INVALID", /night takes values of its properties: red, seconds, power/],
    ["night", post([1]), 422, "VALUE_INVALID", /give at least one/],
    ["night", post({ sekonds: 1 }), 422, "VALUE_INVALID", /does not set sekonds; did you mean "seconds"/],
    ["night", post({ green: "ON" }), 422, "VALUE_INVALID", /does not set green; it sets: red/],
    ["night", post({ power: 1 }), 422, "VALUE_INVALID", /power is read-only/],
    ["night", post({ seconds: 91 }), 422, "VALUE_INVALID", /seconds: .*91/],
  ];
  for (const [name, ask, status, code, detail] of cases) {
    const answer = await api.ask(`${methods}/${name}`, ask);
    assert.deepEqual([answer.status, answer.body.code], [status, code], `${name} ${answer.text}`);
    assert.match(answer.body.detail, detail);
  }
});

test("a method of the manifest changes desired values through the twin and answers when they are verified", async () => {
  await using api = await lightWithMethods();
  const answering = api.ask(`${methods}/night`, post({ red: "on", seconds: "9" }));
  await until(() => api.core.engine.device(lightId)?.twins.get("seconds")?.desired !== undefined);
  await api.core.progress("red", "verified");
  await api.core.progress("seconds", "verified");
  const { status, body } = await answering;
  assert.equal(status, 200);
  assert.deepEqual([body.properties.red.desired.value, body.properties.seconds.desired.value], ["ON", 9]);
  const { body: causes } = await api.ask(`${methods}/night/causes`);
  assert.equal(causes.items[0].reason, 'with {"red":"on","seconds":"9"}; verified');
});

test("a method of the manifest answers as soon as writing failed, and when the time is over", async () => {
  await using api = await lightWithMethods();
  const failing = api.ask(`${methods}/night`, post({ red: "ON" }));
  await until(() => api.core.engine.device(lightId)?.twins.get("red")?.desired !== undefined);
  await api.core.progress("red", "failed", "no power");
  const failed = await failing;
  assert.deepEqual([failed.status, failed.body.code], [502, "DEVICE_FAILED"]);
  assert.match(failed.body.detail, /red = "ON" failed: no power; the agent keeps trying/);

  const waiting = api.ask(`${methods}/night?timeout=2s`, post({ seconds: 3 }));
  await until(() => api.core.engine.device(lightId)?.twins.get("seconds")?.desired !== undefined);
  await settle();
  await api.core.clock.advance(2_000);
  assert.deepEqual([(await waiting).status, (await waiting).body.code], [504, "WAIT_TIMEOUT"]);
});

test("a store that takes nothing keeps no method from running", async () => {
  await using api = await lightWithMethods(async () => ({ blinked: 1 }));
  api.core.store.commit = () => Promise.reject(new AgentError("STORE_UNAVAILABLE", "the disk is full"));
  assert.equal((await api.ask(`${methods}/blink`, post())).status, 200);
});

/** Lets the request arrive. */
async function until(arrived: () => boolean): Promise<void> {
  while (!arrived()) await new Promise((resolve) => setImmediate(resolve));
}
