import { readdir, readFile, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { systemCode } from "./hal-error.ts";

/** Text of a kernel file without the closing newline or NUL; undefined when it does not exist or may not be read. */
export async function readText(path: string): Promise<string | undefined> {
  const bytes = await readBytes(path);
  // Device tree strings end with NUL (devicetree specification 2.2.4), sysfs attributes with a newline.
  return bytes?.toString("utf8").replace(/[\0\n]+$/, "");
}

/** The bytes of a kernel file; undefined when it does not exist or may not be read. */
export async function readBytes(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch(ignoreAbsent);
}

/** Names in a folder in natural order (`gpiochip2` before `gpiochip10`); empty when it does not exist. */
export async function listNames(path: string): Promise<readonly string[]> {
  const names = (await readdir(path).catch(ignoreAbsent)) ?? [];
  return names.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

function ignoreAbsent(error: unknown): undefined {
  if (["ENOENT", "ENOTDIR", "EACCES", "EPERM", "ENODEV", "EIO"].includes(systemCode(error) ?? "")) return undefined;
  throw error;
}

/** The command that adds this user to `group`. */
export const joinGroup = (group: string) =>
  `sudo usermod -aG ${group} ${userInfo().username}, then log in again or restart the service`;

/** Name of the group that owns a file; its number when /etc/group does not name it. */
export async function groupOf(path: string, root: string): Promise<string> {
  const { gid } = await stat(path);
  const groups = (await readText(`${root}/etc/group`))?.split("\n") ?? [];
  return groups.map((line) => line.split(":")).find(([, , id]) => id === String(gid))?.[0] ?? String(gid);
}
