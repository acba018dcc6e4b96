import { closeSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import koffi from "koffi";
import { openNotifySocket, sockaddr } from "../../src/service/notify-socket.ts";

const library = koffi.load(null);
const socket = library.func("int socket(int domain, int type, int protocol)");
const bind = library.func("int bind(int fd, uint8_t *address, unsigned int length)");
const recv = library.func("long recv(int fd, _Out_ uint8_t *bytes, unsigned long length, int flags)");

/** The end of $NOTIFY_SOCKET that systemd holds. */
export class NotifyListener implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "edgetwin-notify-"));
  readonly address: string;
  /** Every datagram so far. */
  readonly said: string[] = [];
  readonly #fd: number;
  readonly #reading: Promise<void>;
  #heard = () => {};

  /** @param address a path or `@name`; default a path in a folder of its own. */
  constructor(address?: string) {
    this.address = address ?? join(this.#folder, "notify");
    this.#fd = socket(1, 2, 0);
    const at = sockaddr(this.address);
    if (bind(this.#fd, at, at.length) !== 0) throw new Error(`${this.address} cannot be bound`);
    this.#reading = this.#read();
  }

  async #read(): Promise<void> {
    const bytes = Buffer.alloc(4096);
    for (;;) {
      // On a thread of the pool: it waits.
      const count = await new Promise<number>((resolve, reject) => {
        recv.async(this.#fd, bytes, bytes.length, 0, (error: unknown, result: number) =>
          error ? reject(error) : resolve(result),
        );
      });
      const text = bytes.subarray(0, count).toString();
      if (text === "end of the test") return;
      this.said.push(text);
      this.#heard();
    }
  }

  /** Resolves when `count` datagrams that contain `text` were heard. */
  async heard(text: string, count = 1): Promise<void> {
    while (this.said.filter((one) => one.includes(text)).length < count) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    using own = await openNotifySocket(this.address);
    own.send("end of the test");
    await this.#reading;
    closeSync(this.#fd);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
