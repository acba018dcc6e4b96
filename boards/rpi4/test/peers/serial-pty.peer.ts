import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { HalError, type Serial, silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { kernelSyscalls } from "../../src/gpiochip/kernel-syscalls.ts";
import { headerSerial } from "../../src/serial/header-serial.ts";
import { loadSerialport } from "../../src/serial/serial-library.ts";
import { type FakeRoot, fakeRoot } from "../fake-root.ts";

interface Pair extends AsyncDisposable {
  readonly root: FakeRoot;
  readonly serial: Serial;
  readonly socat: ChildProcess;
}

/** Two terminals that are one cable, as `/dev/ttyUSB0` and `/dev/ttyUSB1`, made by socat. */
async function pair(): Promise<Pair> {
  const root = await fakeRoot({ "dev/.keep": "", "etc/group": "root:x:0:\n" });
  const end = (name: string) => `pty,raw,echo=0,link=${root.path}/dev/${name}`;
  const socat = spawn("socat", ["-d", "-d", end("ttyUSB0"), end("ttyUSB1")], { stdio: ["ignore", "ignore", "pipe"] });
  await new Promise<void>((resolve, reject) => {
    socat.once("error", (cause) => reject(new Error("needs socat; on Debian: sudo apt install socat", { cause })));
    socat.stderr?.on("data", (text) => String(text).includes("starting data transfer") && resolve());
  });
  const ioctl = async () => {
    const syscalls = await kernelSyscalls();
    return (fd: number, request: number, argument: Uint8Array) => syscalls.ioctl(fd, request, argument);
  };
  const serial = headerSerial({ root: root.path, log: silentLog, library: loadSerialport, ioctl });
  return {
    root,
    serial,
    socat,
    async [Symbol.asyncDispose]() {
      if (socat.exitCode === null && socat.signalCode === null) {
        const gone = once(socat, "exit");
        socat.kill();
        await gone;
      }
      await root[Symbol.asyncDispose]();
    },
  };
}

const settings = { baudRate: 115_200, consumer: "peer" } as const;

test("200 questions are answered through the real library, byte for byte", { timeout: 30_000 }, async () => {
  await using ends = await pair();
  await using near = await ends.serial.open("/dev/ttyUSB0", settings);
  await using far = await ends.serial.open("/dev/ttyUSB1", { ...settings, parity: "even", stopBits: 2 });
  const stop = new AbortController();
  const echo = (async () => {
    for await (const bytes of far.bytes({ signal: stop.signal })) await far.write(bytes.map((byte) => byte ^ 0xff));
  })();
  const answers = near.bytes()[Symbol.asyncIterator]();
  for (let question = 0; question < 200; question++) {
    const bytes = Uint8Array.of(question, 0x11, 0x13, 0x00, 0xff);
    let next = answers.next();
    await near.write(bytes);
    await near.drain();
    const heard: number[] = [];
    while (heard.length < bytes.length) {
      heard.push(...(await next).value);
      if (heard.length < bytes.length) next = answers.next();
    }
    assert.deepEqual(
      heard,
      [...bytes].map((byte) => byte ^ 0xff),
    );
  }
  await answers.return?.();
  stop.abort();
  await echo;
});

test("64 KiB arrive whole and in order", { timeout: 30_000 }, async () => {
  await using ends = await pair();
  await using near = await ends.serial.open("/dev/ttyUSB0", settings);
  await using far = await ends.serial.open("/dev/ttyUSB1", settings);
  const sent = Uint8Array.from({ length: 65_536 }, (_, index) => (index * 7) & 0xff);
  const heard: number[] = [];
  const reading = (async () => {
    for await (const bytes of far.bytes()) {
      heard.push(...bytes);
      if (heard.length >= sent.length) return;
    }
  })();
  await near.write(sent);
  await reading;
  assert.deepEqual(Uint8Array.from(heard), sent);
});

test("a port held by another process is busy, and free again when that lets go", { timeout: 30_000 }, async () => {
  await using ends = await pair();
  const other = headerSerial({
    root: ends.root.path,
    log: silentLog,
    library: loadSerialport,
    ioctl: () => Promise.reject(),
  });
  const held = await other.open("/dev/ttyUSB0", settings);
  await assert.rejects(ends.serial.open("/dev/ttyUSB0", settings), { kind: "busy", message: /another program/ });
  await held[Symbol.asyncDispose]();
  await using _ = await ends.serial.open("/dev/ttyUSB0", settings);
});

test("a cable that is cut is told to readers and writers, without a busy loop", { timeout: 30_000 }, async () => {
  await using ends = await pair();
  await using near = await ends.serial.open("/dev/ttyUSB0", settings);
  const next = near.bytes()[Symbol.asyncIterator]().next();
  ends.socat.kill();
  await assert.rejects(next, (error) => error instanceof HalError && error.kind === "disconnected");
  await assert.rejects(near.write(Uint8Array.of(1)), { kind: "disconnected" });
  const before = process.cpuUsage();
  await new Promise<void>((resolve) => systemClock.after(200, resolve));
  const { user, system } = process.cpuUsage(before);
  assert.ok(user + system < 100_000, `${(user + system) / 1000} ms of 200`);
});

test("a terminal that cannot switch direction says so, and stays usable", { timeout: 30_000 }, async () => {
  await using ends = await pair();
  await assert.rejects(ends.serial.open("/dev/ttyUSB0", { ...settings, rs485: {} }), { kind: "unsupported" });
  await using _ = await ends.serial.open("/dev/ttyUSB0", settings);
});
