import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { delay, systemClock } from "@edgetwin/mapper-sdk";

/** A program of a Debian package that serves a Unix socket in a directory of its own. */
export interface Service extends AsyncDisposable {
  readonly directory: string;
  readonly socket: string;
}

/** How to start one. */
export interface ServiceOptions {
  readonly program: string;
  readonly debianPackage: string;
  readonly argv: (directory: string, socket: string) => readonly string[];
  /** Before the first start, e.g. to make an empty database. */
  readonly prepare?: (directory: string) => Promise<void>;
}

/** Starts a service and waits until its socket takes connections. Disposing it ends the process and removes everything. */
export async function startService({ program, debianPackage, argv, prepare }: ServiceOptions): Promise<Service> {
  const directory = await mkdtemp(join(tmpdir(), "edgetwin-peer-"));
  const socket = join(directory, "s");
  let child: ChildProcess | undefined;
  let said = "";
  const end = async () => {
    if (child && child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill();
      await exited;
    }
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await prepare?.(directory);
    child = await startProgram(program, argv(directory, socket), debianPackage);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (text) => {
        said = (said + String(text)).slice(-4000);
      });
    }
    const patience = systemClock.monotonic() + 30_000;
    while (!(await listens(socket))) {
      if (child.exitCode !== null || systemClock.monotonic() > patience)
        throw new Error(`${program} did not start: ${said}`);
      await delay(systemClock, 50); // nothing tells when a foreign program listens
    }
    return { directory, socket, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Starts a program of a Debian package; fails with the package's name when it is missing. */
export async function startProgram(
  program: string,
  argv: readonly string[],
  debianPackage: string,
): Promise<ChildProcess> {
  // Debian keeps daemons in /usr/sbin, which is not on everybody's path.
  const env = { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/sbin` };
  const child = spawn(program, argv, { env, stdio: ["ignore", "pipe", "pipe"] });
  const missing = once(child, "error").then(([error]) => {
    throw new Error(`${program} cannot be started; apt-get install ${debianPackage}`, { cause: error });
  });
  await Promise.race([once(child, "spawn"), missing]);
  missing.catch(() => undefined);
  return child;
}

function listens(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}
