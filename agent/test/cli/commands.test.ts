import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Scope } from "@edgetwin/mapper-sdk";
import { lightId, trafficLight } from "../api/support/manifests.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { commandBench } from "./support/test-command.ts";

const lamp = "traffic-light-instance-01";

test("get devices prints an aligned table with model, mapper, state and age", async () => {
  await using bench = await commandBench();
  await bench.api.core.clock.advance(200_000);
  const { code, out } = await bench.run("get devices");
  assert.equal(code, 0);
  assert.deepEqual(out.split("\n"), [
    "NAME                        MODEL           MAPPER   STATE    DESIRED   AGE",
    "traffic-light-instance-01   traffic-light   gpio     online   -         3m",
    "",
  ]);
});

test("get twins shows what is desired and reported, with age and quality; wide adds who and why", async () => {
  await using bench = await commandBench();
  await bench.run(`set ${lamp} red=ON`);
  await bench.api.core.progress("red", "failed", "the bus does not answer");
  await bench.api.core.report("power", 4.5);
  await bench.api.core.clock.advance(12_000);
  const { out } = await bench.run(`get twins ${lamp}`);
  assert.match(out, /^traffic-light-instance-01 +red +ON +- +- +failed +- +-$/m);
  assert.match(out, /^traffic-light-instance-01 +power +- +4\.5 +W +- +good +12s$/m);
  const wide = await bench.run(`get twins ${lamp} -o wide`);
  assert.match(wide.out, / red .* STRING +rw +1 +0 +.*\(command\) +the bus does not answer$/m);
});

test("names are NAME, NAMESPACE/NAME or NAME with -n, and an unknown one gets a suggestion and exit code 4", async () => {
  await using bench = await commandBench();
  for (const words of [`get device ${lamp}`, `get device default/${lamp}`, `get -n default device ${lamp}`]) {
    assert.equal((await bench.run(`${words} -o name`)).out, `device/${lightId}\n`);
  }
  const missing = await bench.run("get device traffic-light-instance-1");
  assert.equal(missing.code, 4);
  assert.match(
    missing.err,
    /there is no device default\/traffic-light-instance-1; did you mean "default\/traffic-light/,
  );
});

test("an empty list says where it looked and what to try", async () => {
  await using bench = await commandBench();
  const { code, out, err } = await bench.run("get devices -n hall");
  assert.deepEqual([code, out], [0, ""]);
  assert.match(err, /no devices in the namespace "hall"; --all-namespaces looks everywhere/);
});

test("JSON and YAML show the same resource, and -o json of one name is that resource", async () => {
  await using bench = await commandBench();
  const json = JSON.parse((await bench.run(`get device ${lamp} -o json`)).out);
  assert.equal(json.metadata.name, lamp);
  const { parse } = await import("yaml");
  assert.deepEqual(parse((await bench.run(`get device ${lamp} -o yaml`)).out), json);
  const list = JSON.parse((await bench.run("get models -A -o json")).out);
  assert.deepEqual(
    list.items.map((item: { metadata: { name: string } }) => item.metadata.name),
    ["traffic-light"],
  );
});

test("set changes several properties at once and prints what is desired now", async () => {
  await using bench = await commandBench();
  const { code, out } = await bench.run(`set ${lamp} red=on seconds=30`);
  assert.equal(code, 0);
  assert.equal(out, 'red = "ON" pending (version 1)\nseconds = 30 s pending (version 1)\n');
  const withdrawn = await bench.run(`set ${lamp} red-`);
  assert.equal(withdrawn.out, "red: nothing is desired any more (version 2)\n");
});

test("set --wait prints every phase and returns 0 when the lamp is verified", async () => {
  await using bench = await commandBench();
  const { core } = bench.api;
  core.engine.onDeliver(() => {
    void core
      .progress("red", "applying")
      .then(() => core.progress("red", "applied"))
      .then(() => core.progress("red", "verified"));
  });
  const { code, out, err } = await bench.run(`set ${lamp} red=ON --wait`);
  assert.equal(code, 0);
  assert.equal(out, 'red = "ON" verified (version 1)\n');
  // The watch is a connection of its own: it may skip steps that the answer overtakes, but tells them in order.
  assert.match(err, /^(red: pending\n)?(red: applying\n)?(red: applied\n)?red: verified\n$/);
});

test("set --wait ends with exit code 8 when time is up, 2 when the device rejects, 3 on an interlock", async () => {
  await using bench = await commandBench();
  const { core } = bench.api;
  const stop = core.engine.onDeliver(() => {
    void core.progress("red", "failed", "no power").then(() => core.clock.advance(2_000));
  });
  const late = await bench.run(`set ${lamp} red=ON --wait --timeout 2s`);
  assert.equal(late.code, 8);
  assert.match(late.err, /not verified within 2s: red is failed \(no power\); the agent keeps trying/);
  stop();

  core.engine.onDeliver(() => void core.progress("seconds", "rejected", "out of the lamp's range"));
  const rejected = await bench.run(`set ${lamp} seconds=80 --wait`);
  assert.equal(rejected.code, 2);
  assert.match(rejected.err, /seconds = 80 was rejected: out of the lamp's range/);

  const locked = await bench.run(`set ${lamp} green=ON`);
  assert.equal(locked.code, 3);
  assert.match(locked.err, /cars from both sides/);
});

test("set --if-version refuses to overwrite what somebody else changed, with exit code 3", async () => {
  await using bench = await commandBench();
  assert.equal((await bench.run(`set ${lamp} red=ON --if-version 0`)).code, 0);
  const late = await bench.run(`set ${lamp} red=OFF --if-version 0`);
  assert.equal(late.code, 3);
  assert.match(late.err, /red is at version 1, not 0/);
});

test("set names a misspelt property, a value out of range and a read-only property", async () => {
  await using bench = await commandBench();
  const cases: readonly [string, RegExp][] = [
    ["gren=ON", /did you mean green/],
    ["seconds=91", /91/],
    ["seconds=many", /many/],
    ["power=1", /power is read-only/],
  ];
  for (const [assignment, message] of cases) {
    const { code, err } = await bench.run(`set ${lamp} ${assignment}`);
    assert.equal(code, 2, assignment);
    assert.match(err, message);
  }
});

test("why tells the chain of causes in sentences, newest last, and how it stands now", async () => {
  await using bench = await commandBench();
  await bench.api.ask(`/api/v1/devices/${lightId}/twin/red`, {
    method: "PATCH",
    headers: { "edgetwin-actor": "eva" },
    body: { desired: "ON" },
  });
  await bench.api.core.progress("red", "applying");
  await bench.api.core.progress("red", "failed", "no power");
  await bench.run(`set ${lamp} red=OFF`);
  const { code, out } = await bench.run(`why ${lamp} red`);
  assert.equal(code, 0);
  const lines = out.trimEnd().split("\n");
  assert.match(lines[0] ?? "", /eva \(over REST\) set it to "ON", version 1\.$/);
  assert.match(out, /Version 1 could not be written: no power; the agent tries again\./);
  assert.match(lines.at(-2) ?? "", /\(with the edgetwin command\) set it to "OFF", version 2\.$/);
  assert.match(lines.at(-1) ?? "", /^Now: "OFF" is desired and pending; the device has reported nothing\.$/);
});

test("describe shows a device and a model with everything about them", async () => {
  await using bench = await commandBench();
  await bench.run(`set ${lamp} seconds=30`);
  await bench.api.core.report("power", 4.5);
  const device = (await bench.run(`describe device ${lamp}`)).out;
  assert.match(device, /^Name: +traffic-light-instance-01$/m);
  assert.match(device, /^Labels: +place=crossing$/m);
  assert.match(device, /^Mapper: +gpio, online$/m);
  assert.match(device, /^ {2}seconds {2}0 to 90 {2}INT, writable$/m);
  assert.match(device, /reported {2}4\.5 W {2}0s ago by .*gpio.*, good$/m);
  const model = (await bench.run("describe model traffic-light")).out;
  assert.match(model, /^ {2}power {2}DOUBLE, ReadOnly, W$/m);
  assert.match(model, /^Devices: +traffic-light-instance-01$/m);
});

test("apply reads a file, a directory or standard input and says what it did", async () => {
  await using scope = new Scope();
  const bench = scope.use(await commandBench());
  const directory = scope.use(temporaryDirectory()).path;
  // The device comes before its model in the alphabet; that must not matter.
  const [model = "", device = ""] = trafficLight.replaceAll("instance-01", "instance-02").split("---\n");
  writeFileSync(join(directory, "a-device.yaml"), device);
  writeFileSync(join(directory, "b-model.yml"), model.replaceAll("name: traffic-light\n", "name: traffic-light\n"));
  writeFileSync(join(directory, "notes.txt"), "no manifest");

  const applied = await bench.run(["apply", "-f", directory]);
  assert.equal(applied.err, "");
  assert.match(applied.out, /^device\/default\/traffic-light-instance-02 created$/m);
  assert.match(applied.out, /^model\/default\/traffic-light configured$/m);
  const again = await bench.run("apply -f - -o name", { stdin: trafficLight });
  assert.match(again.out, /^device\/default\/traffic-light-instance-01$/m);
});

test("apply takes several files at once, in any order", async () => {
  await using bench = await commandBench();
  using temporary = temporaryDirectory();
  const [model = "", device = ""] = trafficLight.split(/^---$/m);
  const [first, second] = [join(temporary.path, "a, device.yaml"), join(temporary.path, "model.yaml")];
  writeFileSync(first, device);
  writeFileSync(second, model);
  const { code, out, err } = await bench.run(["apply", "-f", first, "-f", second]);
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /^device\/default\/traffic-light-instance-01 \w+\nmodel\/default\/traffic-light \w+\n$/);
  assert.match((await bench.run(["apply", "-f", first, "-f", `${second}.not`])).err, /model\.yaml\.not cannot be read/);
});

test("apply names file and line of a bad manifest and changes nothing", async () => {
  await using scope = new Scope();
  const bench = scope.use(await commandBench());
  const directory = scope.use(temporaryDirectory()).path;
  writeFileSync(join(directory, "a.yaml"), trafficLight.replaceAll("instance-01", "instance-03"));
  writeFileSync(join(directory, "b.yaml"), "apiVersion: devices.kubeedge.io/v1beta1\nkind: Device\nmetadata: 5\n");
  const { code, err } = await bench.run(["apply", "-f", directory]);
  assert.equal(code, 2);
  assert.match(err, /b\.yaml:3/);
  assert.equal(bench.api.core.registry.device("default/traffic-light-instance-03"), undefined);

  const absent = await bench.run(["apply", "-f", join(directory, "absent.yaml")]);
  assert.equal(absent.code, 2);
  assert.match(absent.err, /absent\.yaml cannot be read/);
});

test("delete removes a device; a model that is still used stays", async () => {
  await using bench = await commandBench();
  const used = await bench.run("delete model traffic-light");
  assert.equal(used.code, 2);
  assert.match(used.err, /is used by default\/traffic-light-instance-01/);
  assert.equal((await bench.run(`delete device ${lamp}`)).out, `device/${lightId} deleted\n`);
  assert.equal((await bench.run("delete model traffic-light")).code, 0);
  assert.equal((await bench.run(`delete device ${lamp}`)).code, 4);
});

test("every command that needs an agent says how to start one when none answers, with exit code 9", async () => {
  await using bench = await commandBench();
  const env = { EDGETWIN_SOCKET: "/nonexistent/edgetwin.sock" };
  const lines = ["get devices", `set ${lamp} red=ON`, `set ${lamp} red=ON --wait`, `why ${lamp} red`, "watch"];
  for (const line of lines) {
    const { code, out, err } = await bench.run(line, { env });
    assert.equal(code, 9, line);
    assert.equal(out, "");
    assert.match(err, /no socket at \/nonexistent\/edgetwin\.sock; start one with "npm start"/);
  }
});

test("version tells the command's and the agent's version, and works without an agent", async () => {
  await using bench = await commandBench();
  assert.match((await bench.run("version")).out, /^command \d+\.\d+\.\d+ .*\nagent {3}0\.0\.0-test on bench\n$/);
  const alone = await bench.run("version", { env: { EDGETWIN_SOCKET: "/nonexistent.sock" } });
  assert.deepEqual([alone.code, /not running/.test(alone.out)], [0, true]);
});

test("colours appear on a terminal only, and not with NO_COLOR", async () => {
  await using bench = await commandBench();
  const sgr = "\u001b[32monline\u001b[0m";
  assert.ok((await bench.run("get devices", { terminal: true })).out.includes(sgr));
  assert.ok(!(await bench.run("get devices")).out.includes("\u001b"));
  assert.ok(!(await bench.run("get devices", { terminal: true, env: { NO_COLOR: "1" } })).out.includes("\u001b"));
});

test("get mappers shows where each runs and how it is; a wrong name gets a suggestion", async () => {
  const pump = {
    name: "pump",
    home: "process",
    state: "away",
    reason: "it was ended by SIGKILL",
    serves: [{ protocol: "serial", model: "pump" }],
    devices: 1,
    process: { restarts: 2, rssBytes: 62 * 2 ** 20 },
  } as const;
  await using bench = await commandBench({ mappers: () => [pump] });
  const { out } = await bench.run("get mappers");
  assert.deepEqual(out.split("\n"), [
    "NAME   RUNS      STATE   SERVES        DEVICES   RESTARTS   MEMORY   REASON",
    "pump   process   away    serial/pump   1         2          62Mi     it was ended by SIGKILL",
    "",
  ]);
  assert.equal((await bench.run("get mapper pump -o name")).out, "mapper/pump\n");
  assert.deepEqual(JSON.parse((await bench.run("get mapper pump -o json")).out), pump);
  const missing = await bench.run("get mapper pmp");
  assert.equal(missing.code, 4);
  assert.match(missing.err, /there is no mapper pmp; did you mean "pump"\?/);
});

test("an agent without mappers says where to name some", async () => {
  await using bench = await commandBench();
  assert.match((await bench.run("get mappers")).err, /there are no mappers; name some in "mappers"/);
});
