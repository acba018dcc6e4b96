import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import fc from "fast-check";
import { AbortRace } from "./abort-race.ts";
import { settle } from "./testing/manual-clock.ts";

test("gives back at once what is there already, and waits for what is not", async () => {
  const race = new AbortRace(new AbortController().signal);
  assert.equal(race.wait(42), 42);
  assert.equal(await race.wait(Promise.resolve("later")), "later");
  await assert.rejects(async () => await race.wait(Promise.reject(new Error("no"))), /no/);
});

test("takes a thenable that throws for a failed one", async () => {
  const race = new AbortRace(new AbortController().signal);
  // biome-ignore lint/suspicious/noThenProperty: the thenable of a sloppy library is what this is about
  const broken = Object.defineProperty({}, "then", {
    value: () => {
      throw new Error("broken");
    },
  }) as PromiseLike<never>;
  await assert.rejects(async () => await race.wait(broken), /broken/);
});

test("refuses a value that came after the signal had aborted", async () => {
  const race = new AbortRace(AbortSignal.abort());
  assert.throws(() => race.wait(42), { code: "DEVICE_ABORTED" });
  await assert.rejects(async () => await race.wait(Promise.resolve(42)), { code: "DEVICE_ABORTED" });
});

test("has one listener for all who wait, and none once it is disposed", () => {
  const { signal } = new AbortController();
  const race = new AbortRace(signal);
  for (let call = 0; call < 100; call++) void race.wait(new Promise(() => {}));
  assert.equal(getEventListeners(signal, "abort").length, 1);
  race[Symbol.dispose]();
  assert.equal(getEventListeners(signal, "abort").length, 0);
});

test("in whatever order drivers answer and fail, each caller gets its own answer, and an abort frees exactly the rest", async () => {
  const answers = fc.array(fc.record({ order: fc.nat(), fails: fc.boolean(), beforeAbort: fc.boolean() }), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(answers, async (drivers) => {
      const caller = new AbortController();
      const race = new AbortRace(caller.signal);
      const outcomes: unknown[] = drivers.map(() => "waits");
      const settleDriver = drivers.map(({ fails }, index) => {
        let settleOne = () => {};
        const started = new Promise<unknown>((resolve, reject) => {
          settleOne = () => (fails ? reject(`failure ${index}`) : resolve(`answer ${index}`));
        });
        const done = (outcome: unknown) => {
          outcomes[index] = outcome;
        };
        Promise.resolve(race.wait(started)).then(done, done);
        return settleOne;
      });
      const inOrder = drivers.map((driver, index) => ({ ...driver, index })).sort((a, b) => a.order - b.order);
      for (const { index } of inOrder.filter(({ beforeAbort }) => beforeAbort)) settleDriver[index]?.();
      await settle();
      caller.abort("enough");
      for (const settleOne of settleDriver) settleOne();
      await settle();
      for (const [index, { fails, beforeAbort }] of drivers.entries()) {
        if (beforeAbort) assert.equal(outcomes[index], `${fails ? "failure" : "answer"} ${index}`);
        else assert.match(String(outcomes[index]), /given up: enough/);
      }
    }),
  );
});
