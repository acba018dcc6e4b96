import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { MapperError } from "@edgetwin/mapper-sdk";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { credentialFor } from "./sink-credential.ts";

const address = "http://10.0.0.5:8086/api";
const asked = (sink: string, name?: string) => ({ sink, name, address });

test("a secret comes from a private file, a variable or systemd, and is read anew each time", () => {
  using temporary = temporaryDirectory();
  const file = join(temporary.path, "token");
  writeFileSync(file, "hunter2\n", { mode: 0o600 });
  const env = { FACTORY: "swordfish", CREDENTIALS_DIRECTORY: temporary.path };
  const credentials = {
    influxdb2: { file },
    factory: { username: "edge", env: "FACTORY" },
    cloud: { systemd: "token" },
  };
  assert.deepEqual(credentialFor(asked("influxdb2"), { credentials, env }), { secret: "hunter2" });
  assert.deepEqual(credentialFor(asked("mysql", "factory"), { credentials, env }), {
    username: "edge",
    secret: "swordfish",
  });
  assert.deepEqual(credentialFor(asked("otel", "cloud"), { credentials, env }), { secret: "hunter2" });
  assert.equal(credentialFor(asked("http"), { credentials, env }), undefined);
  writeFileSync(file, "exchanged");
  assert.deepEqual(credentialFor(asked("influxdb2"), { credentials, env }), { secret: "exchanged" });
});

test("without a credential the variables of KubeEdge's mappers count, for the sinks that have them there", () => {
  const env = { TOKEN: "t", USERNAME: "u", PASSWORD: "p" };
  const found = ["influxdb2", "redis", "mysql", "TDEngine", "http", "otel", "mqtt"].map((sink) =>
    credentialFor(asked(sink), { credentials: {}, env }),
  );
  assert.deepEqual(found, [
    { secret: "t" },
    { secret: "p" },
    { secret: "p" },
    { secret: "p", username: "u" },
    undefined,
    undefined,
    undefined,
  ]);
});

test("every credential that cannot be had says why and what to do", () => {
  using temporary = temporaryDirectory();
  const open = join(temporary.path, "open");
  writeFileSync(open, "x");
  chmodSync(open, 0o644);
  const empty = join(temporary.path, "empty");
  writeFileSync(empty, "", { mode: 0o600 });
  const credentials = {
    ...{ open: { file: open }, empty: { file: empty }, absent: { file: join(temporary.path, "absent") } },
    ...{ unset: { env: "NOT_THERE" }, systemd: { systemd: "token" }, bound: { env: "HOME", hosts: ["10.0.0.6"] } },
  };
  const said = (name: string): string => {
    try {
      credentialFor(asked("http", name), { credentials, env: { HOME: "x" } });
    } catch (error) {
      assert.ok(error instanceof MapperError && error.code === "SINK_UNAVAILABLE");
      return error.message;
    }
    return "given";
  };
  assert.match(said("open"), /others may read .*open; chmod 600/);
  assert.match(said("empty"), /empty is empty/);
  assert.match(said("absent"), /absent cannot be read: ENOENT/);
  assert.match(said("unset"), /variable NOT_THERE, which is not set/);
  assert.match(said("systemd"), /LoadCredential=token:FILE/);
  assert.match(said("bound"), /is for 10\.0\.0\.6 only, not for http:\/\/10\.0\.0\.5:8086/);
  assert.match(said("opne"), /there is no credential "opne"; did you mean "open"\?/);
});

test("a credential that is bound to a host is not given to one whose name begins alike", () => {
  const credentials = { http: { env: "SECRET", hosts: ["10.0.0.5:8086"] } };
  const sources = { credentials, env: { SECRET: "x" } };
  assert.deepEqual(credentialFor(asked("http"), sources), { secret: "x" });
  for (const other of [
    "http://10.0.0.5:80860/",
    "http://10.0.0.5:8086.evil.example/",
    "http://evil.example/10.0.0.5:8086",
    "10.0.0.5:8086",
  ]) {
    assert.throws(
      () => credentialFor({ sink: "http", name: undefined, address: other }, sources),
      /is for 10\.0\.0\.5:8086 only/,
    );
  }
});
