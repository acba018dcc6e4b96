import type { Board, SerialOptions } from "@edgetwin/mapper-sdk";
import { H4Parser } from "./h4-parser.ts";
import { Listeners } from "./listeners.ts";
import type { HciTransport } from "./transport.ts";

/** Opens a controller that speaks H4 on a serial port (Core 5.4, volume 4, part A). Rejects as the board does. */
export async function openSerial(board: Board, path: string, settings: SerialOptions): Promise<HciTransport> {
  const port = await board.serial.open(path, settings);
  const stop = new AbortController();
  const heard = new Listeners();
  const parser = new H4Parser();
  let sending: Promise<void> = Promise.resolve();
  const reading = (async () => {
    try {
      for await (const bytes of port.bytes({ signal: stop.signal })) heard.packets(parser.push(bytes));
    } catch (error) {
      heard.lose(error as Error);
    }
  })();
  return {
    listen: (listener) => heard.listen(listener),
    send(packet) {
      sending = sending.then(async () => {
        if (stop.signal.aborted || heard.lost) return;
        try {
          await port.write(packet, { signal: stop.signal });
        } catch (error) {
          heard.lose(error as Error);
        }
      });
      return sending;
    },
    async [Symbol.asyncDispose]() {
      heard.close();
      stop.abort();
      await reading;
      await port[Symbol.asyncDispose]();
    },
  };
}
