import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import * as uapi from "../../src/gpiochip/uapi.ts";
import { i2cMessage, rdwrData, rdwrNumbers } from "../../src/i2c/rdwr.ts";
import { rs485Numbers, serialRs485 } from "../../src/serial/rs485.ts";
import { buildC } from "./build-c.ts";

const structs = {
  gpiochip_info: uapi.chipInfo,
  gpio_v2_line_info: uapi.lineInfo,
  gpio_v2_line_attribute: uapi.lineAttribute,
  gpio_v2_line_config_attribute: uapi.lineConfigAttribute,
  gpio_v2_line_config: uapi.lineConfig,
  gpio_v2_line_request: uapi.lineRequest,
  gpio_v2_line_values: uapi.lineValues,
  gpio_v2_line_event: uapi.lineEvent,
  i2c_msg: i2cMessage,
  i2c_rdwr_ioctl_data: rdwrData,
  serial_rs485: serialRs485,
};

test("every struct, number and flag is what a C compiler makes of the headers", async () => {
  const folder = await mkdtemp(join(tmpdir(), "edgetwin-uapi-"));
  try {
    const program = join(folder, "uapi-layout");
    await buildC({ source: "uapi-layout.c", output: program, needs: "linux-libc-dev" });
    const { stdout } = await promisify(execFile)(program);
    const ours = [
      ...Object.entries(structs).flatMap(([name, { size, fields }]) => [
        `${name} ${size}`,
        ...Object.entries(fields).map(([field, { offset, size: bytes }]) => `${name}.${field} ${offset} ${bytes}`),
      ]),
      ...[uapi.requests, uapi.lineFlags, uapi.attributeIds, uapi.eventIds, rdwrNumbers, rs485Numbers].flatMap(
        (numbers) => Object.entries(numbers).map(([name, value]) => `${name} ${value}`),
      ),
    ];
    assert.deepEqual(ours.sort(), stdout.trim().split("\n").sort());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
