import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const source = fileURLToPath(new URL("../../../test/peers/i2c-shim.c", import.meta.url));
const inside = fileURLToPath(new URL("inside/i2c-on-shim.js", import.meta.url));

test("the i2c-bus library, I2C_RDWR and i2c-tools agree with the emulators", { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "edgetwin-i2c-"));
  try {
    const shim = join(folder, "i2c-shim.so");
    await promisify(execFile)("cc", [
      "-O1",
      "-Wall",
      "-shared",
      "-fPIC",
      "-o",
      shim,
      source,
      "-ldl",
      "-lpthread",
    ]).catch((cause: unknown) => {
      throw new Error("cannot build i2c-shim.c; on Debian: sudo apt install build-essential linux-libc-dev", { cause });
    });
    await mkdir(join(folder, "dev"));
    await writeFile(join(folder, "dev", "i2c-1"), "");
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
    const child = spawn(process.execPath, [inside, folder], {
      env: { ...environment, LD_PRELOAD: shim, I2C_SHIM_SOCKET: join(folder, "bus.sock"), UV_USE_IO_URING: "0" },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    const [code] = await once(child, "close");
    assert.equal(code, 0, output);
    assert.match(output, /pass 8/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
