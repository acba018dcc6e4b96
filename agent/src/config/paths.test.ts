import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPaths, findSocket, type PathProbe } from "./paths.ts";

const home = { HOME: "/home/pi" };

const probe = (writable: readonly string[], existing: readonly string[] = []): PathProbe => ({
  isWritableDirectory: (path) => writable.includes(path),
  exists: (path) => existing.includes(path),
});

test("an agent of the system uses /var/lib and /run, one of a user the user's state directory", () => {
  assert.deepEqual(defaultPaths(home, probe(["/var/lib/edgetwin", "/run/edgetwin"])), {
    stateDirectory: "/var/lib/edgetwin",
    socket: "/run/edgetwin/edgetwin.sock",
  });
  assert.deepEqual(defaultPaths(home, probe([])), {
    stateDirectory: "/home/pi/.local/state/edgetwin",
    socket: "/home/pi/.local/state/edgetwin/edgetwin.sock",
  });
  assert.equal(defaultPaths({ ...home, XDG_STATE_HOME: "/data" }, probe([])).stateDirectory, "/data/edgetwin");
});

test("variables win, an empty one counts as unset, and a state directory of one's own brings its own socket", () => {
  const writable = probe(["/var/lib/edgetwin", "/run/edgetwin"]);
  assert.deepEqual(defaultPaths({ ...home, EDGETWIN_STATE_DIR: "/tmp/x" }, writable), {
    stateDirectory: "/tmp/x",
    socket: "/tmp/x/edgetwin.sock",
  });
  assert.equal(defaultPaths({ ...home, EDGETWIN_SOCKET: "/tmp/s" }, writable).socket, "/tmp/s");
  assert.equal(defaultPaths({ ...home, EDGETWIN_STATE_DIR: "" }, writable).stateDirectory, "/var/lib/edgetwin");
});

test("the command finds the socket of another user's agent, and the one that its own environment names", () => {
  assert.equal(findSocket(home, probe([], ["/run/edgetwin/edgetwin.sock"])), "/run/edgetwin/edgetwin.sock");
  const own = "/home/pi/.local/state/edgetwin/edgetwin.sock";
  assert.equal(findSocket(home, probe([], [own])), own);
  assert.equal(findSocket({ ...home, EDGETWIN_SOCKET: "/tmp/s" }, probe([], [own])), "/tmp/s");
  assert.equal(findSocket({ ...home, EDGETWIN_STATE_DIR: "/tmp/x" }, probe([], [own])), "/tmp/x/edgetwin.sock");
});

test("whatever an agent chooses, the command started in the same environment looks there", () => {
  for (const writable of [[], ["/var/lib/edgetwin"], ["/run/edgetwin"], ["/var/lib/edgetwin", "/run/edgetwin"]]) {
    for (const env of [home, { ...home, EDGETWIN_STATE_DIR: "/x" }, { ...home, EDGETWIN_SOCKET: "/s" }]) {
      const { socket } = defaultPaths(env, probe(writable));
      assert.equal(findSocket(env, probe(writable, [socket])), socket);
    }
  }
});
