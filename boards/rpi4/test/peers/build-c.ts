import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A C source of this folder to build. */
export interface Build {
  /** File name in `test/peers`. */
  readonly source: string;
  readonly output: string;
  /** Debian package that the source needs; the test fails naming it when the build fails. */
  readonly needs: string;
  readonly flags?: readonly string[];
  readonly compiler?: "cc" | "c++";
}

/** Compiles with the machine's compiler. Rejects naming the Debian packages to install. */
export async function buildC({ source, output, needs, flags = [], compiler = "cc" }: Build): Promise<void> {
  const file = source.startsWith("/") ? source : sourcePath(source);
  try {
    await run(compiler, ["-O1", "-Wall", "-o", output, file, ...flags]);
  } catch (error) {
    const message = `cannot build ${source}; on Debian: sudo apt install build-essential ${needs}`;
    throw new Error(message, { cause: error });
  }
}

/** Path of a file in `test/peers` of the sources; compiled tests run from `dist`. */
export const sourcePath = (name: string): string =>
  fileURLToPath(new URL(`../../../test/peers/${name}`, import.meta.url));

/** Rejects unless the process may do what FUSE and mount namespaces need. */
export async function requireFuse(): Promise<void> {
  if (process.geteuid?.() !== 0) throw new Error("this test mounts a file system of its own: run it as root");
  await access("/dev/fuse").catch((cause: unknown) => {
    throw new Error("there is no /dev/fuse: load the fuse module, or give the container the device", { cause });
  });
}
