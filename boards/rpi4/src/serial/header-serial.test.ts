import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { test } from "node:test";
import { HalError, type Log, type Serial, silentLog } from "@edgetwin/mapper-sdk";
import { type FakeRoot, fakeRoot } from "../../test/fake-root.ts";
import { FakeSerial } from "../../test/fake-serial.ts";
import { headerSerial, serialFindings } from "./header-serial.ts";
import { rs485Numbers, serialRs485 } from "./rs485.ts";

interface Bench extends AsyncDisposable {
  readonly root: FakeRoot;
  readonly fake: FakeSerial;
  readonly serial: Serial;
  readonly warnings: unknown[];
  readonly ioctls: [number, Uint8Array][];
  ioctlFailure: string | undefined;
}

const byId = "/dev/serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0";

async function bench(): Promise<Bench> {
  const root = await fakeRoot({ "dev/serial/by-id/.keep": "", "etc/group": `dialout:x:${process.getgid?.()}:\n` });
  spawnSync("mkfifo", [`${root.path}/dev/ttyUSB0`]);
  await root.link(byId.slice(1), "dev/ttyUSB0");
  await root.write({
    "sys/devices/usb1/1-1/idVendor": "0403\n",
    "sys/devices/usb1/1-1/idProduct": "6001\n",
    "sys/devices/usb1/1-1/serial": "A50285BI\n",
    "sys/devices/usb1/1-1/manufacturer": "FTDI\n",
    "dev/ttyS0": "",
    "sys/class/tty/ttyS0/type": "0\n",
    "dev/tty1": "",
  });
  await mkdir(`${root.path}/sys/devices/usb1/1-1/1-1:1.0/ttyUSB0`, { recursive: true });
  await root.link("sys/class/tty/ttyUSB0/device", "sys/devices/usb1/1-1/1-1:1.0/ttyUSB0");
  const fake = new FakeSerial();
  const warnings: unknown[] = [];
  const log: Log = { ...silentLog, warn: (event, fields) => void warnings.push([event, fields]) };
  const b: Bench = {
    root,
    fake,
    warnings,
    ioctls: [],
    ioctlFailure: undefined,
    serial: headerSerial({
      root: root.path,
      log,
      library: async () => fake.open,
      ioctl: async () => (_, request, argument) => {
        if (b.ioctlFailure) throw Object.assign(new Error(b.ioctlFailure), { code: b.ioctlFailure });
        b.ioctls.push([request, argument.slice()]);
      },
    }),
    [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
  };
  return b;
}

const kind =
  (expected: string, message = /./) =>
  (error: unknown) =>
    error instanceof HalError && error.kind === expected && message.test(error.message);

const settings = { baudRate: 9600, consumer: "meter" } as const;

test("ports are listed with their stable names and what USB says about them, without those that are none", async () => {
  await using b = await bench();
  assert.deepEqual(await b.serial.list(), [
    {
      path: "/dev/ttyUSB0",
      stablePath: byId,
      vendorId: "0403",
      productId: "6001",
      manufacturer: "FTDI",
      serialNumber: "A50285BI",
    },
  ]);
  assert.deepEqual(await serialFindings(b.root.path), [
    { check: "serial /dev/ttyUSB0", state: "ok", message: `always reachable as ${byId}` },
  ]);
});

test("a path that depends on the order of plugging is told with the stable one", async () => {
  await using b = await bench();
  await using _ = await b.serial.open("/dev/ttyUSB0", settings);
  assert.deepEqual(b.warnings, [
    ["serial.path.unstable", { path: "/dev/ttyUSB0", stablePath: byId, consumer: "meter" }],
  ]);
});

test("a port is one claim under all its names, and free again when it is closed", async () => {
  await using b = await bench();
  const port = await b.serial.open(byId, settings);
  assert.deepEqual(b.warnings, []);
  await assert.rejects(b.serial.open("/dev/ttyUSB0", settings), kind("busy", /held by meter/));
  await port[Symbol.asyncDispose]();
  await port[Symbol.asyncDispose]();
  assert.equal(b.fake.closed, 1);
  await assert.rejects(port.write(Uint8Array.of(1)), kind("disconnected", /released/));
  await using _ = await b.serial.open("/dev/ttyUSB0", settings);
});

test("bytes are read as they come; a failure of the descriptor ends readers and writers", async () => {
  await using b = await bench();
  await using port = await b.serial.open(byId, settings);
  const reader = port.bytes()[Symbol.asyncIterator]();
  const first = reader.next();
  await b.fake.waiting();
  writeFileSync(`${b.root.path}/dev/ttyUSB0`, "abc");
  b.fake.readable();
  assert.equal(Buffer.from((await first).value).toString(), "abc");
  const next = reader.next();
  await b.fake.waiting();
  b.fake.readable(new Error("EIO: unplugged"));
  await assert.rejects(next, kind("disconnected", /EIO/));
  await assert.rejects(port.write(Uint8Array.of(1)), kind("disconnected"));
});

test("a port that is missing is told with those that are there; a wrong setting before anything is opened", async () => {
  await using b = await bench();
  await assert.rejects(
    b.serial.open("/dev/ttyUSB1", settings),
    kind("disconnected", /no \/dev\/ttyUSB1; there are .*by-id/),
  );
  await assert.rejects(b.serial.open(byId, { baudRate: 0 }), kind("unsupported", /no baud rate/));
  await assert.rejects(
    b.serial.open(byId, { baudRate: 9600, rs485: { delayBeforeSendMs: 1000 } }),
    kind("unsupported", /0 to 100/),
  );
  assert.deepEqual(b.fake.opened, []);
});

test("what the library fails with becomes what a mapper can act on, and frees the port", async () => {
  await using b = await bench();
  const failures = [
    ["Error Resource temporarily unavailable Cannot lock port", "busy"],
    ["Error: No such file or directory, cannot open /dev/ttyUSB0", "disconnected"],
    ["Error: Permission denied, cannot open /dev/ttyUSB0", "permission"],
    ["Error: Inappropriate ioctl for device, cannot open", "unsupported"],
    ["something new", "other"],
  ] as const;
  for (const [message, expected] of failures) {
    b.fake.failure = new Error(message);
    await assert.rejects(b.serial.open(byId, settings), kind(expected), message);
  }
  b.fake.failure = undefined;
  await using _ = await b.serial.open(byId, settings);
});

test("RS-485 is switched by the kernel's driver, or refused with the way out", async () => {
  await using b = await bench();
  const rs485 = { rtsOnSend: "low", delayAfterSendMs: 2, receiveDuringSend: true } as const;
  const port = await b.serial.open(byId, { ...settings, rs485 });
  const [[request, argument] = []] = b.ioctls;
  assert.equal(request, rs485Numbers.TIOCSRS485);
  assert.equal(serialRs485.fields.flags.get(argument as Uint8Array), 1 | 4 | 16);
  assert.equal(serialRs485.fields.delay_rts_after_send.get(argument as Uint8Array), 2);
  await port[Symbol.asyncDispose]();
  b.ioctlFailure = "ENOTTY";
  await assert.rejects(b.serial.open(byId, { ...settings, rs485 }), kind("unsupported", /leave rs485 out/));
  assert.equal(b.fake.closed, 2);
});
