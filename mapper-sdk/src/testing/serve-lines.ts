import { createServer, type Server, type Socket } from "node:net";
import type { LineAddress } from "../lines/lines.ts";
import type { AnswerLine } from "./simulated-lines.ts";

/** More than anybody asks in one line. */
const longestQuestion = 65_536;

/** An emulator that listens; disposing it ends all connections. */
export interface LineServer extends AsyncDisposable {
  /** Where it listens; the port is the real one when 0 was asked for. */
  readonly address: LineAddress;
}

/**
 * Serves an emulator over TCP, for people and for tests of the real transport. What is `owned` ends with it, such as what
 * makes the device change by itself.
 *
 * @throws Error naming the address when it is in use.
 */
export async function serveLines(
  { host, port }: LineAddress,
  answer: AnswerLine,
  ...owned: readonly Disposable[]
): Promise<LineServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy()); // the other side went away in the middle of a line
    let rest = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const said = spoken(answer, line.replace(/\r$/, ""));
        if (said !== undefined && socket.writable) socket.write(`${said}\n`);
      }
      if (rest.length > longestQuestion) socket.destroy();
    });
  });
  const release = () => {
    for (const part of owned) part[Symbol.dispose]();
  };
  const listening = await listen(server, { host, port }).catch((error: unknown) => {
    release();
    throw error;
  });
  return {
    address: { host, port: listening },
    async [Symbol.asyncDispose]() {
      release();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** An emulator that throws has not understood the line; whoever sent it is told, and the others are served on. */
function spoken(answer: AnswerLine, line: string): string | undefined {
  try {
    return answer(line);
  } catch (error) {
    return `error: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`;
  }
}

function listen(server: Server, { host, port }: LineAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      const isTaken = "code" in cause && cause.code === "EADDRINUSE";
      const why = isTaken ? "another program listens there; stop it or choose another port" : cause.message;
      reject(new Error(`the emulator cannot listen on ${host}:${port}: ${why}`, { cause }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
