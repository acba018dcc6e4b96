import type { Poller, Syscalls } from "./syscalls.ts";
import { lineEvent } from "./uapi.ts";

/** Who gets the events of one line request. */
export interface LineListener {
  /** One `gpio_v2_line_event`; the bytes are only valid during the call. */
  onEvent(event: Uint8Array): void;
  /** The line is gone; no event follows. */
  onLost(error: unknown): void;
}

/** Events taken per read: what the kernel buffers by default for a request of one line (linux/gpio.h). */
const eventsPerRead = 16;

/**
 * Reads the events of every watched line in one thread. A read per line would take one thread of libuv's pool each,
 * and with four of them waiting all file access and DNS of the process would stand still.
 */
export class EventReader implements AsyncDisposable {
  readonly #syscalls: Syscalls;
  readonly #listeners = new Map<number, LineListener>();
  readonly #buffer = new Uint8Array(eventsPerRead * lineEvent.size);
  #poller: Poller | undefined;
  #running: Promise<void> | undefined;
  /** Resolves when the wait that is going on has ended. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(syscalls: Syscalls) {
    this.#syscalls = syscalls;
  }

  /** Reads from `fd` from now on. */
  add(fd: number, listener: LineListener): void {
    this.#listeners.set(fd, listener);
    this.#poller ??= this.#syscalls.poller();
    this.#poller.wake();
    this.#running ??= this.#run(this.#poller);
  }

  /** Lets go of `fd`. Close it only when this resolved: poll(2) keeps a file alive, and its line claimed. */
  async remove(fd: number): Promise<void> {
    this.#listeners.delete(fd);
    this.#poller?.wake();
    await this.#turn;
  }

  async #run(poller: Poller): Promise<void> {
    try {
      while (this.#listeners.size > 0) {
        const wait = poller.wait([...this.#listeners.keys()]);
        this.#turn = wait.catch(() => {});
        for (const { fd, readable, gone } of await wait) {
          if (readable) this.#read(fd);
          else if (gone) this.#lose(fd, lineGone());
        }
      }
    } catch (error) {
      for (const fd of [...this.#listeners.keys()]) this.#lose(fd, error);
    } finally {
      this.#running = undefined;
    }
  }

  #read(fd: number): void {
    const listener = this.#listeners.get(fd);
    if (!listener) return;
    try {
      const length = this.#syscalls.read(fd, this.#buffer);
      for (let start = 0; start + lineEvent.size <= length; start += lineEvent.size) {
        listener.onEvent(this.#buffer.subarray(start, start + lineEvent.size));
      }
    } catch (error) {
      this.#lose(fd, error);
    }
  }

  #lose(fd: number, error: unknown): void {
    const listener = this.#listeners.get(fd);
    this.#listeners.delete(fd);
    listener?.onLost(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    this.#poller?.wake();
    await this.#running;
    this.#poller?.[Symbol.dispose]();
    this.#poller = undefined;
  }
}

/** What read(2) answers when the chip was taken away, for when poll(2) noticed first. */
const lineGone = () => Object.assign(new Error("ENODEV: the kernel took the line away"), { code: "ENODEV" });
