import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants, openSync, write } from "node:fs";
import { ReadStream } from "node:tty";
import { promisify } from "node:util";
import { Feed, HalError, type Serial, type SerialPort } from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/testing";

/** Two terminals with a cable between them; what goes into one comes out of the other. */
export interface PtyPair extends AsyncDisposable {
  readonly ours: string;
  readonly theirs: string;
}

/** Lays the cable with socat. Rejects naming the Debian package when it is missing. */
export async function ptyPair(): Promise<PtyPair> {
  const child: ChildProcess = spawn("socat", ["-d", "-d", "pty,raw,echo=0", "pty,raw,echo=0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const missing = once(child, "error").then(([cause]) => {
    throw new Error("socat cannot be started; on Debian: sudo apt install socat", { cause });
  });
  missing.catch(() => undefined);
  await Promise.race([once(child, "spawn"), missing]);
  let said = "";
  for await (const text of child.stderr ?? []) {
    said += text;
    const [ours, theirs] = [...said.matchAll(/PTY is (\S+)/g)].map(([, path]) => path as string);
    if (ours === undefined || theirs === undefined || !said.includes("starting data transfer")) continue;
    return {
      ours,
      theirs,
      async [Symbol.asyncDispose]() {
        const gone = once(child, "exit");
        child.kill("SIGKILL");
        await gone;
      },
    };
  }
  throw new Error(`socat made no terminals: ${said}`);
}

/** A board whose serial ports are terminals of this machine. */
export class PtyBoard extends SimBoard {
  override readonly serial: Serial = { list: async () => [], open: openTerminal };
}

async function openTerminal(path: string): Promise<SerialPort> {
  // The stream owns the descriptor and closes it.
  const terminal = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  const stream = new ReadStream(terminal);
  const feed = new Feed<Uint8Array>(
    {},
    {
      limit: 65_536,
      sizeOf: ({ length }) => length,
      overrun: () => new HalError("overrun", "a reader is behind"),
    },
  );
  const lost = (cause?: Error) => feed.fail(new HalError("disconnected", `${path} is gone`, { cause }));
  stream.on("data", (bytes: Buffer) => feed.push(Uint8Array.from(bytes)));
  stream.on("error", lost).on("close", () => lost());
  return {
    path,
    write: async (bytes) => void (await promisify(write)(terminal, bytes)),
    drain: async () => {},
    bytes: (options) => feed.values(options),
    async [Symbol.asyncDispose]() {
      const closed = once(stream, "close");
      stream.destroy();
      await closed;
    },
  };
}
