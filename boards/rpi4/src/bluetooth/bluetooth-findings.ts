import type { Finding } from "@edgetwin/mapper-sdk";
import { listNames, readText } from "../files.ts";

/**
 * The Bluetooth adapters of this machine, and who is in the way of taking one: only devices of the ble mapper need it, so
 * that is no fault of the machine. Empty without any adapter.
 */
export async function bluetoothFindings(root: string): Promise<readonly Finding[]> {
  const folder = `${root}/sys/class/bluetooth`;
  const adapters = (await listNames(folder)).filter((name) => /^hci\d+$/.test(name));
  if (adapters.length === 0) return [];
  const daemon = await bluetoothdRuns(root);
  const findings: Finding[] = [];
  for (const adapter of adapters) {
    const blocked = await isBlocked(`${folder}/${adapter}`);
    const ways = [
      ...(blocked ? ["is switched off (rfkill unblock bluetooth)"] : []),
      ...(daemon ? ["is held by bluetoothd (sudo systemctl disable --now bluetooth)"] : []),
    ];
    const message =
      ways.length === 0 ? "free for the ble mapper" : `${ways.join(" and ")}, in the way of the ble mapper`;
    findings.push({ check: adapter, state: "ok", message });
  }
  return findings;
}

async function isBlocked(adapter: string): Promise<boolean> {
  for (const name of await listNames(adapter))
    for (const kind of /^rfkill\d+$/.test(name) ? ["soft", "hard"] : [])
      if ((await readText(`${adapter}/${name}/${kind}`)) === "1") return true;
  return false;
}

async function bluetoothdRuns(root: string): Promise<boolean> {
  for (const pid of (await listNames(`${root}/proc`)).filter((name) => /^\d+$/.test(name)))
    if ((await readText(`${root}/proc/${pid}/comm`)) === "bluetoothd") return true;
  return false;
}
