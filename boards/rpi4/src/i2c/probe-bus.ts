import { access, constants } from "node:fs/promises";
import { userInfo } from "node:os";
import type { Finding } from "@edgetwin/mapper-sdk";
import { groupOf, joinGroup, listNames, readText } from "../files.ts";

/** Names of the buses that i2c-dev shows, e.g. `["i2c-1"]`. */
export async function busNames(root: string): Promise<readonly string[]> {
  return (await listNames(`${root}/dev`)).filter((name) => /^i2c-\d+$/.test(name));
}

/** What is in the way of opening a bus, and how to remove it. */
export interface BusObstacle {
  readonly kind: "disconnected" | "permission";
  readonly message: string;
  readonly fix: string;
}

/** Why `name` cannot be opened now; undefined when it can. */
export async function busObstacle(root: string, name: string): Promise<BusObstacle | undefined> {
  const names = await busNames(root);
  if (!names.includes(name)) {
    const others = names.length > 0 ? `; there are ${names.join(", ")}` : "";
    return { kind: "disconnected", message: `there is no /dev/${name}${others}`, fix: overlayFor(name) };
  }
  const path = `${root}/dev/${name}`;
  try {
    await access(path, constants.R_OK | constants.W_OK);
    return undefined;
  } catch {
    const group = await groupOf(path, root);
    const message = `/dev/${name} may not be opened by user ${userInfo().username}; it belongs to the group ${group}`;
    return { kind: "permission", message, fix: joinGroup(group) };
  }
}

/** What brings a bus of a Raspberry Pi (Raspberry Pi documentation, config.txt; overlays/README of its kernel). */
function overlayFor(name: string): string {
  const number = Number(name.slice("i2c-".length));
  if (number === 1) {
    return "add dtparam=i2c_arm=on to /boot/firmware/config.txt (sudo raspi-config nonint do_i2c 0) and restart; with the parameter there already, load its device files: sudo modprobe i2c-dev";
  }
  if (number === 0) return "add dtparam=i2c_vc=on to /boot/firmware/config.txt and restart; most Pis need no bus but 1";
  if (number >= 3 && number <= 6) return `add dtoverlay=i2c${number} to /boot/firmware/config.txt and restart`;
  return "plug its adapter in, or choose another bus";
}

/** What the doctor says about I2C: every bus with its adapter, or what brings one. */
export async function i2cFindings(root: string): Promise<readonly Finding[]> {
  const names = await busNames(root);
  if (names.length === 0) {
    const message = "there is no I2C bus in /dev; only devices that use I2C need one";
    return [{ check: "i2c", state: "warn", message, fix: overlayFor("i2c-1") }];
  }
  const findings: Finding[] = [];
  for (const name of names) {
    const obstacle = await busObstacle(root, name);
    const adapter = await readText(`${root}/sys/class/i2c-dev/${name}/name`);
    if (obstacle) findings.push({ check: name, state: "fail", message: obstacle.message, fix: obstacle.fix });
    else findings.push({ check: name, state: "ok", message: adapter ?? "no name" });
  }
  return findings;
}
