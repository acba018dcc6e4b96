import type { Serial, SerialPortInfo } from "../hal/serial.ts";
import { HalError } from "../hal.ts";
import { type CaptureValue, toHex } from "./capture.ts";
import { pumped } from "./pump.ts";
import { captureError, type Recorder } from "./recorder.ts";

/** What a slow reader may be behind, as on the port itself. */
const backlogBytes = 64 * 1024;

/** The serial ports of a board, written down. Bytes are noted once, however many read them. */
export function recordSerial(serial: Serial, recorder: Recorder): Serial {
  return {
    list: () =>
      recorder.operation(
        { on: "serial", do: "list", in: (ports: readonly SerialPortInfo[]) => ports as unknown as CaptureValue },
        () => serial.list(),
      ),
    async open(path, options) {
      const on = `serial ${path}`;
      const open = { on, do: "open", out: { ...options } as unknown as CaptureValue };
      const port = await recorder.operation(open, () => serial.open(path, options));
      const feed = pumped<Uint8Array>({
        source: (wait) => port.bytes(wait),
        onValue: (bytes) => recorder.note({ on, do: "bytes", in: toHex(bytes) }),
        onLost: (error) => recorder.note({ on, do: "lost", error: captureError(error) }),
        limit: backlogBytes,
        sizeOf: ({ length }) => length,
        overrun: () => new HalError("overrun", `a reader of ${path} is more than ${backlogBytes} bytes behind`),
      });
      return {
        path: port.path,
        write: (bytes, wait) =>
          recorder.operation({ on, do: "write", out: toHex(bytes), signal: wait?.signal }, () =>
            port.write(bytes, wait),
          ),
        drain: (wait) => recorder.operation({ on, do: "drain", signal: wait?.signal }, () => port.drain(wait)),
        bytes: (wait) => feed.values(wait),
        [Symbol.asyncDispose]: () => recorder.operation({ on, do: "close" }, async () => port[Symbol.asyncDispose]()),
      };
    },
  };
}
