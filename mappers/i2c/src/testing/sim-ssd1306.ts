import type { I2cChip } from "@edgetwin/mapper-sdk/simulation";
import { nack } from "@edgetwin/mapper-sdk/simulation";
import { glyphs } from "../chips/glyphs.ts";

/** Commands with arguments, and how many (SSD1306 data sheet, table 9-1); all others have none. */
const argumentsOf = new Map([
  [0x20, 1],
  [0x21, 2],
  [0x22, 2],
  [0x81, 1],
  [0x8d, 1],
  [0xa8, 1],
  [0xd3, 1],
  [0xd5, 1],
  [0xd9, 1],
  [0xda, 1],
  [0xdb, 1],
]);

/** An SSD1306: its memory of 128 by 64 dots in eight pages, written in horizontal order. */
export class SimSsd1306 implements I2cChip {
  readonly memory = new Uint8Array(128 * 8).fill(0xa5);
  isOn = false;
  contrast = 0x7f;
  lines = 64;
  #columns = [0, 127] as [number, number];
  #pages = [0, 7] as [number, number];
  #column = 0;
  #page = 0;

  write([control, ...bytes]: Uint8Array): void {
    if (control === undefined) return;
    if (control === 0x40) for (const byte of bytes) this.#draw(byte);
    else if (control === 0x00) this.#command(bytes);
    else throw nack("data", "the control byte is none");
  }

  /** The status byte: bit 6 is set while the panel is off (8.1.5.2). */
  read(length: number): Uint8Array {
    return new Uint8Array(length).fill(this.isOn ? 0x03 : 0x43);
  }

  /** Text in a line of eight dots, as far as its dots are characters; unknown ones are `?`. */
  text(line: number): string {
    const row = this.memory.subarray(line * 128, line * 128 + 126);
    let text = "";
    for (let at = 0; at < row.length; at += 6) {
      const columns = row.subarray(at, at + 5);
      text += [...glyphs].find(([, glyph]) => glyph.every((column, index) => column === columns[index]))?.[0] ?? "?";
    }
    return text.trimEnd();
  }

  #command(bytes: readonly number[]): void {
    for (let at = 0; at < bytes.length; ) {
      const command = bytes[at] as number;
      const count = argumentsOf.get(command) ?? 0;
      const [first = 0, second = 0] = bytes.slice(at + 1, at + 1 + count);
      if (command === 0xae || command === 0xaf) this.isOn = command === 0xaf;
      else if (command === 0x81) this.contrast = first;
      else if (command === 0xa8) this.lines = first + 1;
      else if (command === 0x21) {
        this.#columns = [first, second];
        this.#column = first;
      } else if (command === 0x22) {
        this.#pages = [first, second];
        this.#page = first;
      }
      at += 1 + count;
    }
  }

  #draw(byte: number): void {
    this.memory[this.#page * 128 + this.#column] = byte;
    if (this.#column++ < this.#columns[1]) return;
    this.#column = this.#columns[0];
    this.#page = this.#page < this.#pages[1] ? this.#page + 1 : this.#pages[0];
  }
}
