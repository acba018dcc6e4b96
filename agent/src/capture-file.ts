import { mkdir, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { Log } from "@edgetwin/mapper-sdk";

/** Lines that wait for a slow card, in bytes, before some are left out. */
const backlogBytes = 2 ** 20;

/** Where a capture goes. */
export interface CaptureFileOptions {
  readonly path: string;
  /** Bytes that `path` and `path`.1 take together, about. */
  readonly limit: number;
  /** The lines that each later file begins with: asked right after a line was taken, and true then. */
  readonly preamble: () => readonly string[];
  readonly log: Log;
}

/** Text for the file that is open, and whether a new one begins with it. */
interface Piece {
  readonly text: string;
  readonly isBeginning: boolean;
}

/**
 * A capture on disk, written beside control and never waited for: a full file becomes `path`.1, what a slow card cannot
 * take is left out and counted in the file, and a failing card ends the capture with one line in the log.
 */
export class CaptureFile implements AsyncDisposable {
  readonly #options: CaptureFileOptions;
  #handle: Awaited<ReturnType<typeof open>> | undefined;
  #pieces: Piece[] = [];
  #waitingBytes = 0;
  /** Bytes of the file that the next line goes to, also those that wait. */
  #fileBytes = 0;
  #dropped = 0;
  #state: "idle" | "writing" | "failed" = "idle";
  #writing: Promise<void> = Promise.resolve();

  private constructor(options: CaptureFileOptions) {
    this.#options = options;
  }

  /** Begins a capture; one that is there from before is kept as `path`.1. Rejects with the system's error. */
  static async open(options: CaptureFileOptions): Promise<CaptureFile> {
    const file = new CaptureFile(options);
    await mkdir(dirname(options.path), { recursive: true });
    await file.#begin();
    return file;
  }

  /** Takes one line. Never throws and never waits. */
  write(line: string): void {
    if (this.#state === "failed") return;
    if (this.#waitingBytes > backlogBytes) {
      this.#dropped++;
      return;
    }
    if (this.#dropped > 0) this.#queue({ text: `${JSON.stringify({ dropped: this.#dropped })}\n`, isBeginning: false });
    this.#dropped = 0;
    this.#queue({ text: `${line}\n`, isBeginning: false });
    // Two files share the limit.
    if (this.#fileBytes > this.#options.limit / 2) {
      this.#fileBytes = 0;
      this.#queue({
        text: this.#options
          .preamble()
          .map((first) => `${first}\n`)
          .join(""),
        isBeginning: true,
      });
    }
    if (this.#state === "writing") return;
    this.#state = "writing";
    this.#writing = this.#drain();
  }

  /** Writes what is left and closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
    await this.#handle?.close();
    this.#handle = undefined;
  }

  #queue(piece: Piece): void {
    this.#pieces.push(piece);
    this.#waitingBytes += piece.text.length;
    this.#fileBytes += piece.text.length;
  }

  async #drain(): Promise<void> {
    try {
      while (this.#pieces.length > 0) {
        const pieces = this.#pieces.splice(0);
        this.#waitingBytes = 0;
        let text = "";
        for (const piece of pieces) {
          if (piece.isBeginning) {
            await this.#handle?.appendFile(text);
            await this.#begin();
            text = "";
          }
          text += piece.text;
        }
        await this.#handle?.appendFile(text);
      }
      this.#state = "idle";
    } catch (error) {
      this.#state = "failed";
      this.#pieces = [];
      this.#options.log.error("capture.failed", { file: this.#options.path, error });
    }
  }

  /** Begins an empty file, and keeps the one before. */
  async #begin(): Promise<void> {
    const { path } = this.#options;
    await this.#handle?.close();
    this.#handle = undefined;
    await rename(path, `${path}.1`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    this.#handle = await open(path, "w", 0o640);
  }
}
