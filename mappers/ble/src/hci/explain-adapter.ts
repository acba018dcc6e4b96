import { readdir, readFile } from "node:fs/promises";
import { HalError } from "@edgetwin/mapper-sdk";

/** Where the kernel tells about itself; another place in tests. */
export interface SystemFiles {
  readonly sys: string;
  readonly proc: string;
}

const realFiles: SystemFiles = { sys: "/sys", proc: "/proc" };

/** Bits of a set of capabilities (linux/capability.h). */
const capNetAdmin = 12;
const capNetRaw = 13;

/**
 * Why an adapter of the kernel could not be opened, in words that say what to do. The kernel's own reason is one word for
 * many causes, so the machine is looked at.
 */
export async function explainAdapter(name: string, cause: Error, files: SystemFiles = realFiles): Promise<HalError> {
  const adapters = await namesIn(`${files.sys}/class/bluetooth`);
  if (adapters === undefined)
    return new HalError(
      "unsupported",
      `${name} cannot be used: this kernel has no Bluetooth; load its driver (modprobe hci_uart, modprobe btusb) or plug an adapter in`,
      { cause },
    );
  if (!adapters.includes(name)) {
    const there = adapters.filter((one) => /^hci\d+$/.test(one)).join(", ");
    const hint = there === "" ? "no adapter is there" : `there is ${there}`;
    return new HalError("disconnected", `there is no adapter ${name}; ${hint}`, { cause });
  }
  const missing = await missingCapabilities(files);
  if (missing.length > 0)
    return new HalError(
      "permission",
      `${name} may not be opened: the process lacks ${missing.join(" and ")}; in its systemd unit set ` +
        "AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW, or run: sudo setcap cap_net_admin,cap_net_raw+eip $(readlink -f $(which node))",
      { cause },
    );
  if (await isBlocked(name, files))
    return new HalError("busy", `${name} is switched off by rfkill; run: rfkill unblock bluetooth`, { cause });
  if (await isRunning("bluetoothd", files))
    return new HalError(
      "busy",
      `${name} is held by bluetoothd; stop it (sudo systemctl disable --now bluetooth), or give the mapper an adapter of its own`,
      { cause },
    );
  if (/busy/i.test(cause.message))
    return new HalError(
      "busy",
      `${name} is up or held by another program; run: sudo hciconfig ${name} down, and stop what uses it`,
      { cause },
    );
  return new HalError("other", `${name} cannot be opened: ${cause.message}`, { cause });
}

async function missingCapabilities({ proc }: SystemFiles): Promise<string[]> {
  const status = await textOf(`${proc}/self/status`);
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status ?? "")?.[1] ?? "0"}`);
  const has = (bit: number) => (effective >> BigInt(bit)) & 1n;
  return [...(has(capNetAdmin) ? [] : ["CAP_NET_ADMIN"]), ...(has(capNetRaw) ? [] : ["CAP_NET_RAW"])];
}

async function isBlocked(name: string, { sys }: SystemFiles): Promise<boolean> {
  const switches = (await namesIn(`${sys}/class/bluetooth/${name}`)) ?? [];
  for (const one of switches.filter((entry) => /^rfkill\d+$/.test(entry))) {
    const at = `${sys}/class/bluetooth/${name}/${one}`;
    for (const kind of ["soft", "hard"]) if ((await textOf(`${at}/${kind}`))?.trim() === "1") return true;
  }
  return false;
}

async function isRunning(program: string, { proc }: SystemFiles): Promise<boolean> {
  for (const pid of ((await namesIn(proc)) ?? []).filter((entry) => /^\d+$/.test(entry)))
    if ((await textOf(`${proc}/${pid}/comm`))?.trim() === program) return true;
  return false;
}

const namesIn = (path: string): Promise<string[] | undefined> => readdir(path).catch(() => undefined);
const textOf = (path: string): Promise<string | undefined> => readFile(path, "utf8").catch(() => undefined);
