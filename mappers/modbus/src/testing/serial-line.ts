import type { SerialOptions } from "@edgetwin/mapper-sdk";
import type { SerialEmulator } from "@edgetwin/mapper-sdk/simulation";
import type { Answering } from "./modbus-emulator.ts";
import { RtuServer } from "./rtu-server.ts";

/** The units as what is at the far end of a simulated serial port: `board.serialPort(path).attach(modbusLine(emulator))`. */
export function modbusLine(emulator: Answering, settings?: SerialOptions): SerialEmulator {
  const server = new RtuServer(emulator);
  return {
    ...(settings && { settings }),
    receive(bytes, wire) {
      for (const frame of server.receive(bytes)) wire.send(frame.bytes, { afterMs: frame.afterMs });
    },
  };
}
