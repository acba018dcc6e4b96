import { ModbusEmulator, ModbusUnit, serveModbus } from "@edgetwin/mapper-modbus/testing";
import { probeRegister, tagsPerUnit, units } from "./layout.ts";

/** A gateway with units behind it, in a process of its own: it tells how often it was asked, and when the probe was written. */
const emulated = Object.fromEntries(
  Array.from({ length: units }, (_, index) => {
    const unit = new ModbusUnit();
    unit.holding.set(0, ...Array.from({ length: tagsPerUnit }, (_, register) => register));
    return [index + 1, unit];
  }),
);
const emulator = new ModbusEmulator(emulated);
const probe = emulated[1] as ModbusUnit;
let value = probe.holding.get(probeRegister);
const server = await serveModbus({
  answer(adu) {
    const answer = emulator.answer(adu);
    const now = probe.holding.get(probeRegister);
    if (now !== value) {
      value = now;
      process.send?.({ written: now, at: process.hrtime.bigint().toString() });
    }
    return answer;
  },
});
process.on("message", () => process.send?.({ requests: emulator.requests }));
process.send?.({ port: server.port });
