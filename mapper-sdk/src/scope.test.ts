import assert from "node:assert/strict";
import { test } from "node:test";
import { Scope } from "./scope.ts";

/** A resource that writes down when it is released. */
const resource = (log: string[], name: string): AsyncDisposable => ({
  async [Symbol.asyncDispose]() {
    await Promise.resolve();
    log.push(name);
  },
});

test("releases in reverse order, waiting for each, and once", async () => {
  const log: string[] = [];
  const scope = new Scope();
  scope.use(resource(log, "first"));
  scope.use({ [Symbol.dispose]: () => void log.push("second") });
  assert.equal(
    scope.adopt(7, (value) => log.push(`adopted ${value}`)),
    7,
  );
  scope.defer(() => log.push("deferred"));
  await scope[Symbol.asyncDispose]();
  await scope[Symbol.asyncDispose]();
  assert.deepEqual(log, ["deferred", "adopted 7", "second", "first"]);
});

test("takes null and undefined for optional resources", async () => {
  const scope = new Scope();
  assert.equal(scope.use(undefined), undefined);
  assert.equal(scope.use(null), null);
  await scope[Symbol.asyncDispose]();
});

test("releases the rest when one release fails, and tells what failed, once", async () => {
  const log: string[] = [];
  const scope = new Scope();
  scope.use(resource(log, "first"));
  scope.defer(() => Promise.reject(new Error("stuck")));
  scope.use(resource(log, "last"));
  await assert.rejects(async () => await scope[Symbol.asyncDispose](), { message: "stuck" });
  assert.deepEqual(log, ["last", "first"]);
  await scope[Symbol.asyncDispose]();
});

test("tells every failure when several releases fail", async () => {
  const scope = new Scope();
  scope.defer(() => Promise.reject(new Error("one")));
  scope.defer(() => {
    throw new Error("two");
  });
  await assert.rejects(
    async () => await scope[Symbol.asyncDispose](),
    (error) => {
      assert.ok(error instanceof AggregateError);
      assert.equal(error.message, "several resources could not be released: two; one");
      assert.equal(error.errors.length, 2);
      return true;
    },
  );
});

test("a second close waits until the first one is through", async () => {
  const log: string[] = [];
  const scope = new Scope();
  scope.use(resource(log, "line"));
  const first = scope[Symbol.asyncDispose]();
  await scope[Symbol.asyncDispose]();
  assert.deepEqual(log, ["line"]);
  await first;
});

test("releases at once what is handed to it too late, and refuses it", async () => {
  const log: string[] = [];
  const scope = new Scope();
  await scope[Symbol.asyncDispose]();
  assert.throws(() => scope.use(resource(log, "late")), ReferenceError);
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(log, ["late"]);
});

test("reports a late resource that cannot be released", async () => {
  const reported = await new Promise((resolve) => {
    const scope = new Scope(resolve);
    void scope[Symbol.asyncDispose]();
    assert.throws(() => scope.defer(() => Promise.reject(new Error("stuck"))), ReferenceError);
  });
  assert.ok(reported instanceof Error);
  assert.equal(reported.message, "stuck");
});

test("moving hands everything to the heir and leaves the old scope closed", async () => {
  const log: string[] = [];
  const scope = new Scope();
  scope.use(resource(log, "line"));
  const heir = scope.move();
  await scope[Symbol.asyncDispose]();
  assert.deepEqual(log, []);
  assert.throws(() => scope.defer(() => {}), ReferenceError);
  await heir[Symbol.asyncDispose]();
  assert.deepEqual(log, ["line"]);
});

test("a scope that is disposed has nothing to hand over", async () => {
  const log: string[] = [];
  const scope = new Scope();
  scope.use(resource(log, "line"));
  await scope[Symbol.asyncDispose]();
  await scope.move()[Symbol.asyncDispose]();
  assert.deepEqual(log, ["line"]);
});
