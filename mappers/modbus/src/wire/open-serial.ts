import { type Board, type Clock, type SerialOptions, type SerialPort, wireTimeMs } from "@edgetwin/mapper-sdk";
import { mostAnswerBytes } from "./answer-length.ts";
import { RtuFraming } from "./rtu.ts";
import { StreamWire } from "./stream-wire.ts";
import type { Wire } from "./wire.ts";

/** Which port, and how it is set. */
export interface SerialWireOptions {
  readonly board: Board;
  readonly path: string;
  readonly settings: SerialOptions;
  readonly clock: Clock;
  /** Silence between two frames, beyond what the line itself needs. */
  readonly silenceMs: number;
  readonly onLost: (error: Error) => void;
}

/** Above this speed the silence between two frames is fixed (Modbus over serial line 2.5.1.1). */
const fastBaudRate = 19_200;
const fastSilenceMs = 1.75;
/** Bytes of silence that end a frame below that speed. */
const silentBytes = 3.5;

/** Opens a serial line. Rejects as the board does. */
export async function openSerial(options: SerialWireOptions): Promise<Wire> {
  const { board, path, settings, clock, silenceMs, onLost } = options;
  const port = await board.serial.open(path, settings);
  const stop = new AbortController();
  const lineSilenceMs = settings.baudRate > fastBaudRate ? fastSilenceMs : wireTimeMs(silentBytes, settings);
  let reading: Promise<void> = Promise.resolve();
  const wire = new StreamWire({
    stream: {
      async send(bytes) {
        await port.write(bytes);
        await port.drain();
      },
      async close() {
        stop.abort();
        await reading;
        await port[Symbol.asyncDispose]();
      },
    },
    framing: new RtuFraming(),
    clock,
    silenceMs: Math.max(lineSilenceMs, silenceMs),
    onLost,
  });
  reading = listen(port, wire, stop.signal);
  return {
    get lost() {
      return wire.lost;
    },
    // The last bit of a long answer comes long after its first on a slow line.
    exchange: (request, timeoutMs) =>
      wire.exchange(request, timeoutMs + Math.ceil(wireTimeMs(mostAnswerBytes(request) + 2, settings))),
    [Symbol.asyncDispose]: () => wire[Symbol.asyncDispose](),
  };
}

async function listen(port: SerialPort, wire: StreamWire, signal: AbortSignal): Promise<void> {
  try {
    for await (const bytes of port.bytes({ signal })) wire.received(bytes);
  } catch (error) {
    if (!signal.aborted) wire.fail(error as Error);
  }
}
