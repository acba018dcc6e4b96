import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Which program of Debian serves the unit. */
export type PeerName = "libmodbus" | "pymodbus";

/** A program as a Modbus unit. */
export interface PeerServer extends AsyncDisposable {
  readonly child: ChildProcess;
}

/** Path of a file in `test/peers` of the sources; compiled tests run from `dist`. */
const sourcePath = (name: string): string => fileURLToPath(new URL(`../../../test/peers/${name}`, import.meta.url));

/** Starts the unit behind a TCP port or a terminal. Rejects naming the Debian package that is missing. */
export async function startPeer(peer: PeerName, kind: "tcp" | "rtu", place: string): Promise<PeerServer> {
  const directory = await mkdtemp(join(tmpdir(), "edgetwin-modbus-"));
  const program = peer === "libmodbus" ? await buildLibmodbus(directory) : "/usr/bin/python3";
  const argv = peer === "libmodbus" ? [kind, place] : [sourcePath("pymodbus-server.py"), kind, place];
  const child = spawn(program, argv, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr?.on("data", (text) => {
    said += text;
  });
  const ended = once(child, "exit").then(() => {
    const needs = "libmodbus-dev python3-pymodbus python3-serial-asyncio";
    throw new Error(`${peer} ended at once (${said.trim().slice(-500)}); on Debian: sudo apt install ${needs}`);
  });
  ended.catch(() => undefined);
  await Promise.race([once(child.stdout as NodeJS.ReadableStream, "data"), ended]);
  return {
    child,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, "exit");
        child.kill("SIGKILL");
        await gone;
      }
      await rm(directory, { recursive: true });
    },
  };
}

async function buildLibmodbus(directory: string): Promise<string> {
  const output = join(directory, "server");
  const flags = ["-I/usr/include/modbus", "-Wall", "-O1", "-o", output, sourcePath("libmodbus-server.c"), "-lmodbus"];
  try {
    await promisify(execFile)("cc", flags);
  } catch (cause) {
    throw new Error("cannot build libmodbus-server.c; on Debian: sudo apt install build-essential libmodbus-dev", {
      cause,
    });
  }
  return output;
}

/** A port on loopback that nobody uses now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new TypeError("a TCP server has an address");
  return address.port;
}
