import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { CallSignals } from "./call-signals.ts";

const listeners = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

test("a call's signal aborts with its caller and with the device", () => {
  const [alive, caller] = [new AbortController(), new AbortController()];
  const signals = new CallSignals(alive.signal);
  using first = signals.for(caller.signal);
  caller.abort("enough");
  assert.equal(first.signal.reason, "enough");
  using second = signals.for(new AbortController().signal);
  alive.abort("closed");
  assert.equal(second.signal.reason, "closed");
});

test("calls of one caller share a link; a thousand calls leave one listener on each side", () => {
  const [alive, caller] = [new AbortController(), new AbortController()];
  const signals = new CallSignals(alive.signal);
  for (let call = 0; call < 1000; call++) {
    using link = signals.for(caller.signal);
    assert.equal(link.signal.aborted, false);
  }
  assert.deepEqual([listeners(alive.signal), listeners(caller.signal)], [1, 1]);
});

test("a thousand callers leave at most one listener on the device", () => {
  const alive = new AbortController();
  const signals = new CallSignals(alive.signal);
  for (let call = 0; call < 1000; call++) {
    using _ = signals.for(new AbortController().signal);
  }
  assert.ok(listeners(alive.signal) <= 1);
});

test("a link in use stays linked while other callers come and go", () => {
  const [alive, caller] = [new AbortController(), new AbortController()];
  const signals = new CallSignals(alive.signal);
  using long = signals.for(caller.signal);
  for (let call = 0; call < 10; call++) {
    using _ = signals.for(new AbortController().signal);
  }
  caller.abort("enough");
  assert.equal(long.signal.aborted, true);
});

test("a caller whose signal aborted and came again is refused again", () => {
  const caller = new AbortController();
  const signals = new CallSignals(new AbortController().signal);
  signals.for(caller.signal)[Symbol.dispose]();
  caller.abort("enough");
  using link = signals.for(caller.signal);
  assert.equal(link.signal.aborted, true);
});
