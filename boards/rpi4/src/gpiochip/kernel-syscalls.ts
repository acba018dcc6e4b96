import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { getSystemErrorName } from "node:util";
import type { Poller, Ready, Syscalls } from "./syscalls.ts";

type Ioctl = (fd: number, request: number, argument: Uint8Array) => number;
type Poll = ((fds: Uint8Array, count: number, timeoutMs: number) => number) & {
  async(fds: Uint8Array, count: number, timeoutMs: number, done: (error: unknown, ready: number) => void): void;
};
type Eventfd = (initial: number, flags: number) => number;

/** The C library as far as it is used here. */
interface Libc {
  readonly ioctl: Ioctl;
  readonly poll: Poll;
  readonly eventfd: Eventfd;
  /** errno(3) of the last call made on this thread. */
  errno(): number;
}

/**
 * The system calls of the running kernel through koffi, which brings its own binary for arm64 and x64. koffi is loaded
 * here and nowhere else, because it costs 2.7 MB of memory that a board on another backend need not pay.
 */
export async function kernelSyscalls(): Promise<Syscalls> {
  const { default: koffi } = await import("koffi");
  const library = koffi.load(null);
  const libc: Libc = {
    ioctl: library.func("int ioctl(int fd, unsigned long request, _Inout_ uint8_t *argument)") as unknown as Ioctl,
    poll: library.func("int poll(_Inout_ uint8_t *fds, unsigned long count, int timeout)") as unknown as Poll,
    eventfd: library.func("int eventfd(unsigned int initial, int flags)") as unknown as Eventfd,
    errno: () => koffi.errno(),
  };
  return {
    open: (path) => openSync(path, "r+"),
    close: closeSync,
    read: (fd, into) => readSync(fd, into),
    ioctl(fd, request, argument) {
      // EINTR: signal(7) says that ioctl may be interrupted; the GPIO requests may be repeated.
      while (libc.ioctl(fd, request, argument) < 0) {
        if (codeOf(libc) !== "EINTR") throw failure("ioctl", libc);
      }
    },
    poller: () => new LibcPoller(libc),
    monotonicNs: () => process.hrtime.bigint(),
  };
}

const codeOf = (libc: Libc): string => getSystemErrorName(-libc.errno());

function failure(call: string, libc: Libc): Error {
  const code = codeOf(libc);
  return Object.assign(new Error(`${code}: ${call} failed`), { code, syscall: call });
}

// struct pollfd of poll.h: int fd, short events, short revents. POLLIN 1, POLLERR 8, POLLHUP 16, POLLNVAL 32.
const pollfdSize = 8;
const pollin = 1;
const gone = 8 | 16 | 32;
// sys/eventfd.h: EFD_CLOEXEC | EFD_NONBLOCK.
const eventfdFlags = 0o2000000 | 0o4000;

/** One thread of the pool waits in poll(2) for all lines; an eventfd(2) takes it out of the wait. */
class LibcPoller implements Poller {
  readonly #libc: Libc;
  readonly #wakeFd: number;
  // Leaving the process joins its threads (uv_library_shutdown): a thread that stays in poll would hang it for ever.
  readonly #onExit = () => this.wake();

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#wakeFd = libc.eventfd(0, eventfdFlags);
    if (this.#wakeFd < 0) throw failure("eventfd", libc);
    process.on("exit", this.#onExit);
  }

  async wait(fds: readonly number[]): Promise<readonly Ready[]> {
    const all = [this.#wakeFd, ...fds];
    const table = Buffer.alloc(all.length * pollfdSize);
    all.forEach((fd, index) => {
      table.writeInt32LE(fd, index * pollfdSize);
      table.writeInt16LE(pollin, index * pollfdSize + 4);
    });
    const count = await this.#poll(table, all.length);
    if (count < 0) throw failure("poll", this.#libc);
    const [woken, ...ready] = all.map((fd, index) => ({ fd, events: table.readInt16LE(index * pollfdSize + 6) }));
    if (woken && woken.events !== 0) readSync(this.#wakeFd, Buffer.alloc(8));
    return ready
      .filter(({ events }) => events !== 0)
      .map(({ fd, events }) => ({ fd, readable: (events & pollin) !== 0, gone: (events & gone) !== 0 }));
  }

  async #poll(table: Buffer, count: number): Promise<number> {
    for (;;) {
      const ready = await new Promise<number>((resolve, reject) => {
        this.#libc.poll.async(table, count, -1, (error, result) => (error ? reject(error) : resolve(result)));
      });
      if (ready >= 0) return ready;
      // errno belongs to the thread that called; asking once more on this one, without waiting, tells it.
      const again = this.#libc.poll(table, count, 0);
      if (again > 0 || (again < 0 && codeOf(this.#libc) !== "EINTR")) return again;
    }
  }

  wake(): void {
    const one = Buffer.alloc(8);
    one.writeBigUInt64LE(1n);
    writeSync(this.#wakeFd, one);
  }

  [Symbol.dispose](): void {
    process.off("exit", this.#onExit);
    closeSync(this.#wakeFd);
  }
}
