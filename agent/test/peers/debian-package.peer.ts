import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { lampsManifest } from "../support/real-agent.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "edgetwin-deb-"));
const debian = join(folder, "debian");
const run = (command: string, args: readonly string[], options: object = {}) =>
  execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 64 << 20, ...options });
const inside = (...args: string[]) =>
  run("chroot", [debian, ...args], { env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" } });

/** Path of the package of a version for `architecture`, which is made when nobody asked for it before. */
function packaged(version: string, architecture: string): string {
  const file = join(folder, `edgetwin_${version}_${architecture}.deb`);
  if (!existsSync(file)) make(version, architecture);
  return file;
}

function make(version: string, architecture: string): void {
  run("node", ["scripts/package.mjs", "--arch", architecture, "--version", version, "--out", folder], { cwd: root });
}

function install(file: string): void {
  cpSync(file, join(debian, "tmp", basename(file)));
  inside("dpkg", "--force-confold", "-i", `/tmp/${basename(file)}`);
}

/** What the unit starts, as the user of the unit, with a socket that hears what systemd would. */
async function started(): Promise<ChildProcess> {
  const unit = readFileSync(join(debian, "usr/lib/systemd/system/edgetwin.service"), "utf8");
  const command = /^ExecStart=(.*)$/m.exec(unit)?.[1] ?? assert.fail("no ExecStart");
  inside("install", "-d", "-o", "edgetwin", "-g", "edgetwin", "/run/edgetwin");
  const user = ["--reuid", "edgetwin", "--regid", "edgetwin", "--init-groups"];
  const child = spawn("chroot", [debian, "setpriv", ...user, ...command.split(" ")], {
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (text.includes("runs as node")) resolve();
    });
    child.once("exit", (code) => reject(new Error(`the agent ended (${code}):\n${log}`)));
  });
  return child;
}

async function stopped(child: ChildProcess): Promise<void> {
  child.kill("SIGTERM");
  await once(child, "exit");
}

before(() => {
  run("mmdebstrap", ["--variant=minbase", "--include=nodejs,adduser,init-system-helpers", "trixie", debian], {
    stdio: ["ignore", "ignore", "pipe"],
  });
});
after(() => rmSync(folder, { recursive: true, force: true }));

test("the package installs on Debian 13 with nothing compiled or downloaded, keeps twins over upgrade and downgrade, and is purged without a trace", async () => {
  const [older, newer] = [packaged("0.0.1", "amd64"), packaged("0.0.2", "amd64")];
  install(older);
  const manifest = readFileSync(lampsManifest, "utf8");
  writeFileSync(join(debian, "tmp", "lamps.yaml"), manifest);
  const config = join(debian, "etc/edgetwin/config.yaml");
  const settings =
    'mappers: ["@edgetwin/mapper-gpio"]\nboard: {use: simulated}\nbus: {broker: "off"}\napi: {port: 0}\n';
  writeFileSync(config, settings);
  let agent = await started();
  inside("edgetwin", "apply", "-f", "/tmp/lamps.yaml");
  assert.match(inside("edgetwin", "set", "lamps-01", "left=true", "--wait"), /left.*verified/);
  await stopped(agent);
  for (const file of [newer, older]) {
    install(file);
    assert.equal(readFileSync(config, "utf8"), settings, "a changed conffile stays");
    agent = await started();
    assert.match(inside("edgetwin", "get", "twins", "lamps-01"), /left +true +true/);
    await stopped(agent);
  }
  inside("dpkg", "--purge", "edgetwin");
  for (const path of ["etc/edgetwin", "var/lib/edgetwin", "usr/lib/edgetwin", "usr/bin/edgetwin"])
    assert.ok(!existsSync(join(debian, path)), path);
  for (const file of ["etc/passwd", "etc/group"])
    assert.doesNotMatch(readFileSync(join(debian, file), "utf8"), /edgetwin/);
});

test("the same commit gives the same bytes", () => {
  const first = readFileSync(packaged("0.0.2", "amd64"));
  make("0.0.2", "amd64");
  assert.ok(first.equals(readFileSync(packaged("0.0.2", "amd64"))));
});

for (const [architecture, machine] of [
  ["amd64", "Advanced Micro Devices X86-64"],
  ["arm64", "AArch64"],
] as const) {
  test(`every add-on of the package for ${architecture} is for that processor; lintian and the linker's needs agree`, () => {
    const file = packaged("0.0.2", architecture);
    const tree = join(folder, `tree-${architecture}`);
    mkdirSync(tree);
    run("dpkg-deb", ["-x", file, tree]);
    const addOns = readdirSync(tree, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".node"));
    for (const name of ["better_sqlite3", "i2c", "epoll", "koffi", "bindings", "bluetooth_hci_socket"])
      assert.ok(
        addOns.some((path) => basename(path) === `${name}.node`),
        name,
      );
    for (const path of addOns) assert.match(run("readelf", ["-h", join(tree, path)]), new RegExp(machine), path);
    assert.equal(run("lintian", ["--fail-on", "error,warning", file]), "");
  });
}
