import { access, constants } from "node:fs/promises";
import { userInfo } from "node:os";
import {
  type Finding,
  HalError,
  type Log,
  type Serial,
  type SerialOptions,
  type SerialPortInfo,
} from "@edgetwin/mapper-sdk";
import { Claims } from "../claims.ts";
import { groupOf, joinGroup } from "../files.ts";
import { listSerialPorts } from "./list-ports.ts";
import { openPort } from "./open-port.ts";
import type { Ioctl } from "./rs485.ts";
import type { OpenLibraryPort } from "./serial-library.ts";

/** What {@link headerSerial} is made of. */
export interface HeaderSerialParts {
  readonly root: string;
  readonly log: Log;
  readonly library: () => Promise<OpenLibraryPort>;
  readonly ioctl: () => Promise<Ioctl>;
}

/** The serial ports of this machine; one holder within the agent each. */
export function headerSerial({ root, log, library, ioctl }: HeaderSerialParts): Serial {
  const claims = new Claims();
  return {
    list: () => listSerialPorts(root),
    async open(path, options) {
      checkOptions(path, options);
      const ports = await listSerialPorts(root);
      await checkAccess(root, { path, ports });
      const known = ports.find((port) => port.path === path);
      if (known?.stablePath) {
        log.warn("serial.path.unstable", { path, stablePath: known.stablePath, consumer: options.consumer });
      }
      // Both names of one port are one claim.
      const key = ports.find((port) => port.path === path || port.stablePath === path)?.path ?? path;
      const claim = claims.take(key, options.consumer);
      try {
        return await openPort(`${root}${path}`, options, {
          open: await library(),
          ioctl,
          onClosed: () => claim[Symbol.dispose](),
        });
      } catch (error) {
        claim[Symbol.dispose]();
        throw error;
      }
    },
  };
}

function checkOptions(path: string, { baudRate, rs485 }: SerialOptions): void {
  if (!Number.isInteger(baudRate) || baudRate <= 0)
    throw new HalError("unsupported", `${path}: ${baudRate} is no baud rate; use a whole number such as 9600`);
  for (const delay of [rs485?.delayBeforeSendMs ?? 0, rs485?.delayAfterSendMs ?? 0]) {
    if (!Number.isInteger(delay) || delay < 0 || delay > 100)
      throw new HalError("unsupported", `${path}: an RS-485 delay of ${delay} ms; the kernel takes 0 to 100`);
  }
}

async function checkAccess(
  root: string,
  { path, ports }: { path: string; ports: readonly SerialPortInfo[] },
): Promise<void> {
  const denied = await obstacle(root, path);
  if (!denied) return;
  if (denied.kind === "permission") throw new HalError("permission", `${denied.message}; ${denied.fix}`);
  const names = ports.map((port) => port.stablePath ?? port.path);
  const others = names.length > 0 ? `; there are ${names.join(", ")}` : "; there is no serial port at all";
  throw new HalError("disconnected", `${denied.message}${others}`);
}

async function obstacle(root: string, path: string) {
  const missing = await access(`${root}${path}`).then(
    () => false,
    () => true,
  );
  if (missing) return { kind: "disconnected" as const, message: `there is no ${path}`, fix: "" };
  const denied = await access(`${root}${path}`, constants.R_OK | constants.W_OK).then(
    () => false,
    () => true,
  );
  if (!denied) return undefined;
  const group = await groupOf(`${root}${path}`, root);
  const message = `${path} may not be opened by user ${userInfo().username}; it belongs to the group ${group}`;
  return { kind: "permission" as const, message, fix: joinGroup(group) };
}

/** What the doctor says about serial ports: each with its stable name, or that there is none. */
export async function serialFindings(root: string): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { path, stablePath, manufacturer } of await listSerialPorts(root)) {
    const check = `serial ${path}`;
    const denied = await obstacle(root, path);
    if (denied) findings.push({ check, state: "fail", message: denied.message, fix: denied.fix });
    else if (stablePath) findings.push({ check, state: "ok", message: `always reachable as ${stablePath}` });
    else findings.push({ check, state: "ok", message: manufacturer ?? "a UART of this board" });
  }
  return findings;
}
