import { readdir, readFile, readlink } from "node:fs/promises";

/** State LISTEN in `/proc/net/tcp` (Linux include/net/tcp_states.h). */
const listening = "0A";

/**
 * Who listens on a TCP port of this machine, e.g. `mosquitto (pid 312)`, for error messages. Undefined when the kernel
 * does not tell: not Linux, or the process belongs to another user.
 */
export async function portHolder(port: number): Promise<string | undefined> {
  try {
    const inodes = new Set([...(await listenersIn("tcp", port)), ...(await listenersIn("tcp6", port))]);
    if (inodes.size === 0) return undefined;
    const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    for (const pid of processes) {
      if (await holdsSocket(pid, inodes)) {
        const name = (await readFile(`/proc/${pid}/comm`, "utf8")).trim();
        return `${name} (pid ${pid})`;
      }
    }
    return undefined;
  } catch {
    // Only a hint for a message: whatever /proc refuses, the message goes without it.
    return undefined;
  }
}

async function listenersIn(table: "tcp" | "tcp6", port: number): Promise<string[]> {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  const text = await readFile(`/proc/net/${table}`, "utf8").catch(() => "");
  // Columns: sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
  const rows = text.split("\n").map((line) => line.trim().split(/\s+/));
  return rows.filter((row) => row[1]?.endsWith(`:${hexPort}`) && row[3] === listening).map((row) => row[9] ?? "");
}

async function holdsSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const descriptor of descriptors) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}
