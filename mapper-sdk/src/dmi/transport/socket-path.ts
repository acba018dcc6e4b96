import { lstat } from "node:fs/promises";
import { connect } from "node:net";
import { MapperError } from "../../errors.ts";

/** `sun_path` of Linux has 108 bytes, the last of which is 0. */
const longestPath = 107;

/** @throws MapperError `CONFIG_INVALID` when no socket can have this path; `spare` bytes are needed beside it. */
export function checkSocketPath(path: string, spare = 0): void {
  const length = Buffer.byteLength(path);
  if (!path.startsWith("/"))
    throw new MapperError("CONFIG_INVALID", `the path of a socket begins with a slash, got ${JSON.stringify(path)}`);
  if (length + spare <= longestPath) return;
  const limit = longestPath - spare;
  throw new MapperError("CONFIG_INVALID", `${path} has ${length} bytes; a socket here can have ${limit}`);
}

/** Identity of the socket at `path`, or undefined when nothing is there. */
export async function socketAt(path: string): Promise<string | undefined> {
  try {
    const found = await lstat(path);
    if (!found.isSocket()) throw new MapperError("CONFIG_INVALID", `${path} exists and is no socket; remove it`);
    return `${found.dev}:${found.ino}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Whether a process accepts connections at `path`: a socket that a dead one left behind refuses them. */
export function somebodyListensAt(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    const end = (listening: boolean) => () => {
      probe.destroy();
      resolve(listening);
    };
    probe.once("connect", end(true)).once("error", end(false));
  });
}
