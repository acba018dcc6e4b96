import { connect, type Socket } from "node:net";
import { HalError } from "../hal.ts";
import type { ConnectLines, LineAddress, Lines } from "./lines.ts";
import { Turns } from "./turns.ts";

/** More than any device says in one line; beyond it nobody speaks in lines. */
const longestAnswer = 65_536;

/**
 * Connects to a device that speaks in lines over TCP, such as `get temperature` and `21.5`. Lines end in LF; a CR before
 * it is dropped.
 *
 * @throws HalError `"disconnected"` naming the address when nobody listens there.
 */
export const connectLines: ConnectLines = async (address, { signal }) => {
  const lines = new TcpLines(address);
  await lines.open(signal);
  return lines;
};

interface Waiting {
  readonly answered: (line: string) => void;
  readonly failed: (error: Error) => void;
}

class TcpLines implements Lines {
  readonly #address: LineAddress;
  readonly #turns = new Turns();
  #socket: Socket | undefined;
  #waiting: Waiting | undefined;
  #closed = false;

  constructor(address: LineAddress) {
    this.#address = address;
  }

  async open(signal: AbortSignal): Promise<Socket> {
    const known = this.#socket;
    if (known && !known.destroyed) return known;
    signal.throwIfAborted();
    const socket = connect({ ...this.#address, noDelay: true, keepAlive: true });
    this.#socket = socket;
    await this.#until(signal, (answered) => {
      socket.once("connect", () => answered(""));
      socket.once("error", (cause) => this.#lost(socket, cause));
      socket.once("close", () => this.#lost(socket));
      this.#listen(socket);
    });
    return socket;
  }

  ask(question: string, signal: AbortSignal): Promise<string> {
    if (/[\r\n]/.test(question)) throw new TypeError(`a question is one line, got ${JSON.stringify(question)}`);
    return this.#turns.take(async () => {
      if (this.#closed) throw new HalError("disconnected", `the connection to ${this.#name} is closed`);
      const socket = await this.open(signal);
      return await this.#until(signal, () => socket.write(`${question}\n`));
    }, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#socket?.destroy();
  }

  get #name(): string {
    return `${this.#address.host}:${this.#address.port}`;
  }

  /** What comes next on the connection; whoever gives up ends it, so that a late answer meets nobody. */
  #until(signal: AbortSignal, start: (answered: (line: string) => void) => void): Promise<string> {
    return new Promise<string>((resolve, reject) => {
      const onAbort = () => {
        this.#waiting = undefined;
        this.#socket?.destroy();
        reject(signal.reason);
      };
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T) => {
          this.#waiting = undefined;
          signal.removeEventListener("abort", onAbort);
          how(value);
        };
      this.#waiting = { answered: settle(resolve), failed: settle(reject) };
      signal.addEventListener("abort", onAbort, { once: true });
      start(this.#waiting.answered);
    });
  }

  #listen(socket: Socket): void {
    let rest = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      // What nobody has asked for is dropped: it belongs to no question.
      for (const line of parts) this.#waiting?.answered(line.replace(/\r$/, ""));
      if (rest.length > longestAnswer)
        this.#lost(socket, new Error(`it sent more than ${longestAnswer} characters in one line`));
    });
  }

  #lost(socket: Socket, cause?: Error): void {
    socket.destroy();
    if (socket !== this.#socket) return;
    const why = cause === undefined ? "it closed the connection" : cause.message;
    this.#waiting?.failed(new HalError("disconnected", `${this.#name} does not answer: ${why}`, { cause }));
  }
}
