import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { linkSignals } from "./linked-signal.ts";

test("aborts with the reason of the source that aborts first", () => {
  const [call, device] = [new AbortController(), new AbortController()];
  using link = linkSignals(call.signal, undefined, device.signal);
  assert.equal(link.signal.aborted, false);
  device.abort("device closed");
  call.abort("too late");
  assert.equal(link.signal.reason, "device closed");
});

test("is aborted from the start when a source is", () => {
  using link = linkSignals(new AbortController().signal, AbortSignal.abort("gone"));
  assert.equal(link.signal.reason, "gone");
});

test("leaves no listener on a long-lived source, however often it is linked", () => {
  const device = new AbortController();
  for (let call = 0; call < 1000; call++) {
    using link = linkSignals(new AbortController().signal, device.signal);
    link.signal.addEventListener("abort", () => {});
  }
  assert.equal(getEventListeners(device.signal, "abort").length, 0);
});

test("leaves no listener when a source had aborted before", () => {
  const device = new AbortController();
  linkSignals(AbortSignal.abort(), device.signal)[Symbol.dispose]();
  assert.equal(getEventListeners(device.signal, "abort").length, 0);
});

test("does not hear its sources after it was disposed", () => {
  const source = new AbortController();
  const link = linkSignals(source.signal);
  link[Symbol.dispose]();
  source.abort();
  assert.equal(link.signal.aborted, false);
});
