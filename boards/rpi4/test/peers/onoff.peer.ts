import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildC, requireFuse } from "./build-c.ts";

const inside = fileURLToPath(new URL("inside/onoff-on-sysfs.js", import.meta.url));
const fuseFlags = ["-D_FILE_OFFSET_BITS=64", "-I/usr/include/fuse3", "-lfuse3", "-lpthread"];
let folder = "";

before(async () => {
  await requireFuse();
  folder = await mkdtemp(join(tmpdir(), "edgetwin-fuse-"));
  const needs = "libfuse3-dev fuse3";
  await buildC({ source: "gpio-sysfs.c", output: join(folder, "gpio-sysfs"), needs, flags: fuseFlags });
});

after(() => rm(folder, { recursive: true, force: true }));

/** Old kernels number the header from 0, Linux 6.6 and later from 512 (raspberrypi/linux 6037). */
for (const base of [0, 512]) {
  test(`onoff drives a sysfs that numbers from ${base}`, { timeout: 60_000 }, async () => {
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
    const child = spawn(join(folder, "gpio-sysfs"), [String(base), "pinctrl-bcm2711", process.execPath, inside], {
      env: { ...environment, GPIO_BASE: String(base) },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    const [code] = await once(child, "close");
    assert.equal(code, 0, output);
    assert.match(output, /pass 6/);
  });
}
