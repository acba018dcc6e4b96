/** Runs with an add-on that is empty, or a library that does not start: nothing may be printed, and the reason told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { HalError, systemClock } from "@edgetwin/mapper-sdk";
import { openBoard } from "../../../src/open-board.ts";
import { loadPigpio } from "../../../src/pigpio/load-pigpio.ts";
import { nativePorts } from "../../../src/ports.ts";

const ports = { ...nativePorts, pigpio: () => loadPigpio(process.env.PIGPIO_FROM) };

test("the reason why pigpio cannot be used is in the refusal", async () => {
  await assert.rejects(
    openBoard({ clock: systemClock, backend: "pigpio" }, ports),
    (error: unknown) => error instanceof HalError && new RegExp(process.env.EXPECTED ?? "^$").test(error.message),
  );
});
