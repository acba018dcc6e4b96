import { type CaptureValue, fromHex, toHex } from "../capture/capture.ts";
import { busResource, operationText } from "../capture/record-i2c.ts";
import { Feed } from "../feed.ts";
import { checkTransfer, type I2c, type I2cBus, i2cAddressName, i2cBusName } from "../hal/i2c.ts";
import type { Serial, SerialPort, SerialPortInfo } from "../hal/serial.ts";
import { HalError } from "../hal.ts";
import type { Scripts } from "./replay-board.ts";
import { restored } from "./replay-script.ts";

/** The I2C buses of a capture. */
export function replayI2c(script: Scripts): I2c {
  return {
    list: async () => (await script("i2c").ask({ do: "list" })).value as readonly string[],
    async open(bus, options = {}) {
      const on = busResource(bus);
      await script(on).ask({ do: "open", out: { ...options } as CaptureValue });
      return {
        name: i2cBusName(bus),
        async transfer(address, operations, transfer = {}) {
          checkTransfer(address, operations, transfer);
          transfer.signal?.throwIfAborted();
          const chip = script(`${on} ${i2cAddressName(address, transfer)}`);
          const out = operations.map(operationText);
          const { value, line } = await chip.ask({ do: "transfer", out, signal: transfer.signal });
          const lengths = operations.flatMap(({ read }) => (read === undefined ? [] : [read]));
          const answers = Array.isArray(value) ? value.map(fromHex) : [];
          const fits =
            answers.length === lengths.length && lengths.every((length, at) => answers[at]?.length === length);
          if (!fits) throw chip.damaged(line, `${JSON.stringify(value)} does not answer ${JSON.stringify(out)}`);
          return answers as Uint8Array[];
        },
        [Symbol.asyncDispose]: async () => script(on).close(),
      } satisfies I2cBus;
    },
  };
}

/** The serial ports of a capture. */
export function replaySerial(script: Scripts): Serial {
  return {
    list: async () => (await script("serial").ask({ do: "list" })).value as unknown as readonly SerialPortInfo[],
    async open(path, options) {
      const port = script(`serial ${path}`);
      await port.ask({ do: "open", out: { ...options } as unknown as CaptureValue });
      const feed = new Feed<Uint8Array>(
        {},
        { limit: 64 * 1024, sizeOf: ({ length }) => length, overrun: () => behind(path) },
      );
      port.onEvent = (event) => {
        const bytes = fromHex(event.in);
        if (event.do === "bytes" && bytes) feed.push(bytes);
        else feed.fail(restored(event.error ?? { message: `${event.on} was lost` }));
      };
      return {
        path,
        write: async (bytes, wait) => void (await port.ask({ do: "write", out: toHex(bytes), signal: wait?.signal })),
        drain: async (wait) => void (await port.ask({ do: "drain", signal: wait?.signal })),
        bytes: (wait) => feed.values(wait),
        async [Symbol.asyncDispose]() {
          port.close();
          port.onEvent = undefined;
          feed.fail(new HalError("disconnected", `${path} has been released`));
        },
      } satisfies SerialPort;
    },
  };
}

const behind = (path: string) => new HalError("overrun", `a reader of ${path} is more than 64 KiB behind`);
