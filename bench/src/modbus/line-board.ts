import { ModbusEmulator, ModbusUnit, modbusLine } from "@edgetwin/mapper-modbus/testing";
import { type BoardPackage, systemClock } from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/testing";
import { deadUnits, linePath, lineUnits, tagsPerLineUnit } from "./layout.ts";

/** What units need to answer, as an energy meter does. */
const answerMs = 5;

/**
 * A simulated board with a serial line at the speed of a real one. Its parent process is told of every reading, and says
 * when two units are to die.
 */
export const board: BoardPackage = {
  kind: "board",
  name: "bench line",
  detect: async () => ({ present: false, reason: "the bench has none" }),
  open: async () => {
    throw new TypeError("the bench board is only simulated");
  },
  explain: async () => [],
  simulated() {
    const units = Object.fromEntries(
      Array.from({ length: lineUnits }, (_, index) => {
        const unit = new ModbusUnit();
        unit.holding.set(0, ...Array.from({ length: tagsPerLineUnit }, (_, register) => register));
        unit.faults.latencyMs = answerMs;
        return [index + 1, unit] as const;
      }),
    );
    process.on("message", (message) => {
      if (message === "die") for (const dead of deadUnits) (units[dead] as ModbusUnit).faults.silent = true;
    });
    const emulator = new ModbusEmulator(units);
    const simulated = new SimBoard({ name: "bench line", clock: systemClock });
    simulated.serialPort(linePath).attach(
      modbusLine({
        answer(adu) {
          process.send?.({ unit: adu[0], atMs: performance.now() });
          return emulator.answer(adu);
        },
      }),
    );
    return simulated;
  },
};
