import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import fc from "fast-check";
import { createGuard } from "./guard.ts";

const token = "correct-horse-battery";
const clock = new ManualClock();
const guard = createGuard({ token, hosts: ["lamp.local"], read: "token", clock });

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
  guard.checkAccess({ authorization: "Bearer correct-horse-battery" }, false);
  guard.checkAccess({ authorization: "bearer correct-horse-battery" }, false);
  for (const authorization of [undefined, "", "Bearer", "Basic correct-horse-battery", "correct-horse-battery"]) {
    assert.throws(() => guard.checkAccess({ ...(authorization !== undefined && { authorization }) }, true), {
      code: "UNAUTHORIZED",
    });
  }
});

test("takes no other token, however near", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (text) => {
      fc.pre(text.trim() !== "correct-horse-battery");
      assert.throws(() => guard.checkAccess({ authorization: `Bearer ${text}` }, true), { code: "UNAUTHORIZED" });
    }),
  );
});

const cookieOf = (setCookie: string) => ({ cookie: `theme=dark; ${setCookie.split(";")[0]}` });

test("lets a browser that logged in read and change, until its session is over", async () => {
  const own = new ManualClock();
  const door = createGuard({ token, hosts: [], read: "token", clock: own });
  const setCookie = door.logIn(token);
  assert.match(setCookie, /; HttpOnly; SameSite=Strict$/);
  assert.ok(!setCookie.includes(token));
  const browser = cookieOf(setCookie);
  door.checkAccess(browser, true);
  door.checkAccess({ ...browser, origin: "http://127.0.0.1:7480" }, false);
  assert.throws(() => door.checkAccess(browser, false), { code: "UNAUTHORIZED" }, "a change without an origin");
  const restarted = createGuard({ token, hosts: [], read: "token", clock: own });
  restarted.checkAccess(browser, true);
  const changed = createGuard({ token: "another-token-altogether", hosts: [], read: "token", clock: own });
  assert.throws(() => changed.checkAccess(browser, true), { code: "UNAUTHORIZED" });
  await own.advance(25 * 3_600_000);
  assert.equal(door.isLoggedIn(browser), false);
  assert.throws(() => door.checkAccess(browser, true), { code: "UNAUTHORIZED" });
  assert.match(door.logOut(), /Max-Age=0/);
});

test("takes no session that it did not seal", () => {
  const [, until = "", seal = ""] = /=(\d+)\.([0-9a-f]+);/.exec(guard.logIn(token)) ?? [];
  const forged = [
    `${Number(until) + 1}.${seal}`,
    `${until}.${"0".repeat(64)}`,
    `${until}.`,
    `.${seal}`,
    `${until}.${seal}00`,
  ];
  for (const value of forged) assert.equal(guard.isLoggedIn({ cookie: `edgetwin-session=${value}` }), false, value);
  fc.assert(fc.property(fc.string(), (cookie) => assert.equal(guard.isLoggedIn({ cookie }), false)));
});

test("lets anyone read where that is configured, and nobody change", () => {
  const open = createGuard({ token, hosts: [], read: "anyone", clock });
  open.checkAccess({}, true);
  assert.throws(() => open.checkAccess({}, false), { code: "UNAUTHORIZED" });
  assert.throws(() => open.checkAccess({ authorization: "Bearer wrong" }, true), { code: "UNAUTHORIZED" });
});

test("does not let anybody try tokens for ever", async () => {
  const own = new ManualClock();
  const door = createGuard({ token, hosts: [], read: "token", clock: own });
  for (let attempt = 0; attempt < 5; attempt++) assert.throws(() => door.logIn("guess"), { code: "UNAUTHORIZED" });
  assert.throws(() => door.logIn("guess"), { code: "LIMIT" });
  door.logIn(token);
  await own.advance(10_000);
  assert.throws(() => door.logIn("guess"), { code: "UNAUTHORIZED" });
});
