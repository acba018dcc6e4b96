import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createGuard } from "./guard.ts";

const guard = createGuard("correct-horse-battery", ["lamp.local"]);

const forbidden = { code: "FORBIDDEN" };

test("answers under localhost, plain addresses and configured names, with any port", () => {
  for (const host of ["localhost", "LOCALHOST:7480", "127.0.0.1:7480", "[::1]:80", "192.168.4.22", "lamp.local:7480"]) {
    guard.checkSite({ host });
  }
});

test("does not answer under a name that somebody else's DNS may have pointed here", () => {
  for (const host of ["", "evil.example", "localhost.evil.example:7480", "127.0.0.1.evil.example"]) {
    assert.throws(() => guard.checkSite({ host }), forbidden, host);
  }
});

test("lets pages of its own origin in and those of other sites not, whatever they call themselves", () => {
  guard.checkSite({ host: "127.0.0.1:7480", origin: "http://127.0.0.1:7480", "sec-fetch-site": "same-origin" });
  for (const origin of ["http://127.0.0.1:8080", "https://evil.example", "null", "http://10.0.0.9"]) {
    assert.throws(() => guard.checkSite({ host: "127.0.0.1:7480", origin }), forbidden, origin);
  }
  assert.throws(() => guard.checkSite({ host: "localhost", "sec-fetch-site": "cross-site" }), forbidden);
});

test("takes exactly its token, as a bearer token", () => {
  guard.checkToken({ authorization: "Bearer correct-horse-battery" });
  guard.checkToken({ authorization: "bearer correct-horse-battery" });
  for (const authorization of [undefined, "", "Bearer", "Basic correct-horse-battery", "correct-horse-battery"]) {
    assert.throws(() => guard.checkToken({ ...(authorization !== undefined && { authorization }) }), {
      code: "UNAUTHORIZED",
    });
  }
});

test("takes no other token, however near", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (text) => {
      fc.pre(text.trim() !== "correct-horse-battery");
      assert.throws(() => guard.checkToken({ authorization: `Bearer ${text}` }), { code: "UNAUTHORIZED" });
    }),
  );
});
