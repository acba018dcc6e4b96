import { realpath } from "node:fs/promises";
import { basename } from "node:path";
import type { SerialPortInfo } from "@edgetwin/mapper-sdk";
import { listNames, readText } from "../files.ts";

/** Terminals that are ports: USB adapters, and the UARTs of a Raspberry Pi. `ttyS` without a UART behind it is left out. */
const portName = /^tty(?:USB|ACM|AMA|SC|MAX|RS485_|S)\d+$/;

/**
 * The serial ports of this machine, from sysfs. The library's own list starts a program (udevadm) and reads all that
 * udev knows; it lists ports that are not there, and nothing in a container.
 */
export async function listSerialPorts(root: string): Promise<readonly SerialPortInfo[]> {
  const stable = await stableNames(root);
  const ports: SerialPortInfo[] = [];
  for (const name of (await listNames(`${root}/dev`)).filter((candidate) => portName.test(candidate))) {
    const tty = `${root}/sys/class/tty/${name}`;
    // PORT_UNKNOWN (linux/serial_core.h): a ttyS that the 8250 driver keeps in reserve.
    if ((await readText(`${tty}/type`)) === "0") continue;
    ports.push({ path: `/dev/${name}`, ...stable.get(name), ...(await usbFacts(tty)) });
  }
  return ports;
}

/** By name of the terminal (`ttyUSB0`), its name in /dev/serial/by-id. */
async function stableNames(root: string): Promise<ReadonlyMap<string, { readonly stablePath: string }>> {
  const names = new Map<string, { readonly stablePath: string }>();
  for (const name of await listNames(`${root}/dev/serial/by-id`)) {
    const target = await realpath(`${root}/dev/serial/by-id/${name}`).catch(() => undefined);
    if (target) names.set(basename(target), { stablePath: `/dev/serial/by-id/${name}` });
  }
  return names;
}

/** What the USB device above the port says about itself (Documentation/ABI/testing/sysfs-bus-usb). */
async function usbFacts(tty: string): Promise<Partial<SerialPortInfo>> {
  let folder = await realpath(`${tty}/device`).catch(() => undefined);
  for (let level = 0; folder && level < 4; level++, folder = folder.replace(/\/[^/]*$/, "")) {
    const vendorId = await readText(`${folder}/idVendor`);
    if (vendorId === undefined) continue;
    const facts = {
      vendorId,
      productId: await readText(`${folder}/idProduct`),
      manufacturer: await readText(`${folder}/manufacturer`),
      serialNumber: await readText(`${folder}/serial`),
    };
    return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  }
  return {};
}
