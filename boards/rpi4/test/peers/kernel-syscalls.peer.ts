import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { kernelSyscalls } from "../../src/gpiochip/kernel-syscalls.ts";
import { requests } from "../../src/gpiochip/uapi.ts";

/** Two ends of a pipe with a name; a descriptor that can be polled and does not need a GPIO chip. */
async function pipe() {
  const folder = await mkdtemp(join(tmpdir(), "edgetwin-pipe-"));
  const path = join(folder, "pipe");
  await once(spawn("mkfifo", [path]), "exit");
  const fd = openSync(path, "r+");
  return {
    fd,
    async [Symbol.asyncDispose]() {
      closeSync(fd);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

test("a device that is no GPIO chip refuses the request with the kernel's own error code", async () => {
  const syscalls = await kernelSyscalls();
  const fd = syscalls.open("/dev/null");
  assert.throws(() => syscalls.ioctl(fd, requests.GPIO_GET_CHIPINFO_IOCTL, new Uint8Array(68)), {
    code: "ENOTTY",
    syscall: "ioctl",
  });
  syscalls.close(fd);
  assert.throws(() => syscalls.ioctl(fd, requests.GPIO_GET_CHIPINFO_IOCTL, new Uint8Array(68)), { code: "EBADF" });
  assert.throws(() => syscalls.open("/dev/no-such-chip"), { code: "ENOENT" });
});

test("the kernel writes its answer into the argument", async () => {
  await using end = await pipe();
  const syscalls = await kernelSyscalls();
  writeSync(end.fd, "12345");
  const answer = new Uint8Array(4);
  // FIONREAD of asm-generic/ioctls.h: bytes that can be read.
  syscalls.ioctl(end.fd, 0x541b, answer);
  assert.equal(new DataView(answer.buffer).getInt32(0, true), 5);
});

test("one wait ends when any descriptor has data, and leaves the others alone", async () => {
  await using quiet = await pipe();
  await using busy = await pipe();
  const syscalls = await kernelSyscalls();
  using poller = syscalls.poller();
  const waiting = poller.wait([quiet.fd, busy.fd]);
  writeSync(busy.fd, "x");
  assert.deepEqual(await waiting, [{ fd: busy.fd, readable: true, gone: false }]);
  const buffer = new Uint8Array(8);
  assert.equal(syscalls.read(busy.fd, buffer), 1);
});

test("a wait is woken from outside, once, and also when the call came first", async () => {
  await using end = await pipe();
  const syscalls = await kernelSyscalls();
  using poller = syscalls.poller();
  const waiting = poller.wait([end.fd]);
  poller.wake();
  assert.deepEqual(await waiting, []);
  poller.wake();
  assert.deepEqual(await poller.wait([end.fd]), []);
  const next = poller.wait([end.fd]);
  writeSync(end.fd, "x");
  assert.equal((await next).length, 1);
});

test("a closed descriptor is reported as gone", async () => {
  const syscalls = await kernelSyscalls();
  using poller = syscalls.poller();
  const fd = openSync("/dev/null", "r");
  closeSync(fd);
  assert.deepEqual(await poller.wait([fd]), [{ fd, readable: false, gone: true }]);
});

test("a process that waits for edges can still exit", { timeout: 20_000 }, async () => {
  const url = new URL("../../src/gpiochip/kernel-syscalls.js", import.meta.url);
  const program = `
    const { kernelSyscalls } = await import(${JSON.stringify(url)});
    const poller = (await kernelSyscalls()).poller();
    poller.wait([]);
    setImmediate(() => process.exit(7));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: "inherit" });
  assert.deepEqual(await once(child, "exit"), [7, null]);
});
