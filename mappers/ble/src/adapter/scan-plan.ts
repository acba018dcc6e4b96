import type { ScanSettings } from "../hci/hci-socket.ts";

/** The scan that serves all who want one: active when one needs it, listening as much as the keenest wants; none for nobody. */
export function scanPlan(wanted: Iterable<ScanSettings>): ScanSettings | undefined {
  let plan: ScanSettings | undefined;
  for (const { active, dutyPercent } of wanted)
    plan = {
      active: active || plan?.active === true,
      dutyPercent: Math.max(dutyPercent, plan?.dutyPercent ?? 0),
    };
  return plan;
}

/** Whether two scans are the same to the controller. */
export const sameScan = (a: ScanSettings | undefined, b: ScanSettings | undefined): boolean =>
  a?.active === b?.active && a?.dutyPercent === b?.dutyPercent;
