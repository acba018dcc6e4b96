import type { Clock } from "../clock.ts";
import type { Board } from "../hal.ts";
import type { CaptureEntry } from "./capture.ts";
import { recordI2c } from "./record-i2c.ts";
import { recordGpio, recordPwm } from "./record-lines.ts";
import { recordSerial } from "./record-serial.ts";
import { type CaptureSink, Recorder } from "./recorder.ts";

/** Where a recording goes, and what times it. */
export interface RecordOptions {
  readonly clock: Clock;
  readonly sink: CaptureSink;
}

/** A board that writes down everything that passes through it. */
export interface RecordedBoard extends Board {
  /** The lines that a new file of the same recording begins with: the header, and what is open. */
  preamble(): readonly string[];
}

/**
 * `board`, with a line to `sink` for every operation, edge and chunk of serial bytes, as `docs/guides/record-and-replay.md`
 * describes. Drivers notice nothing. Owns `board` from now on.
 */
export function recordBoard(board: Board, { clock, sink }: RecordOptions): RecordedBoard {
  const open = new OpenLines();
  const recorder = new Recorder(clock, (line, entry) => {
    open.note(line, entry);
    sink(line);
  });
  sink(recorder.header(board.name));
  const gpio = recordGpio(board.gpio, recorder);
  return {
    name: board.name,
    gpio,
    pwm: recordPwm(board.pwm, { gpio, recorder }),
    i2c: recordI2c(board.i2c, recorder),
    serial: recordSerial(board.serial, recorder),
    preamble: () => [recorder.header(board.name), ...open.lines()],
    [Symbol.asyncDispose]: () => board[Symbol.asyncDispose](),
  };
}

/**
 * The lines without which a later file cannot be understood: the names of pins, and what is open. A bus may be open
 * several times; each close takes one of them away.
 */
class OpenLines {
  readonly #names: string[] = [];
  readonly #open = new Map<string, string[]>();

  note(line: string, { on, do: what, error }: CaptureEntry): void {
    if (what === "name") this.#names.push(line);
    else if (what.startsWith("open") && !error) this.#open.set(on, [...(this.#open.get(on) ?? []), line]);
    else if (what === "close") {
      const [, ...others] = this.#open.get(on) ?? [];
      if (others.length > 0) this.#open.set(on, others);
      else this.#open.delete(on);
    }
  }

  lines(): readonly string[] {
    return [...this.#names, ...[...this.#open.values()].flat()];
  }
}
