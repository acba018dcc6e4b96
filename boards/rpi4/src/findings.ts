import type { Finding } from "@edgetwin/mapper-sdk";
import type { Backend } from "./backend.ts";
import type { Claims } from "./claims.ts";
import { detect } from "./detect.ts";
import { headerPins } from "./header.ts";
import { findPwmChannels } from "./pwm/find-pwm.ts";
import { overlayFor, pwmPins } from "./pwm/pwm-pins.ts";

/** Which board this is. */
export async function boardFinding(root: string): Promise<Finding> {
  const found = await detect({ root });
  if (found.present) return { check: "board", state: "ok", message: found.model };
  const fix = "run on a Raspberry Pi, or use the simulated board";
  return { check: "board", state: "fail", message: found.reason, fix };
}

/** One finding for every header line that somebody holds. A line of the kernel or another program is worth a look. */
export async function lineFindings(backend: Backend, claims: Claims): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { bcm, physical } of headerPins) {
    const check = `GPIO${bcm}`;
    const own = claims.holder(check);
    const holder = own ?? (await backend.holder(bcm));
    if (holder === undefined) continue;
    const message = `pin ${physical} is held by ${holder}${own ? " (this agent)" : ""}`;
    if (own) findings.push({ check, state: "ok", message });
    else
      findings.push({
        check,
        state: "warn",
        message,
        fix: "no device can use it until that lets go; choose another pin",
      });
  }
  return findings;
}

/** What PWM the kernel brings to the header. */
export async function pwmFinding(root: string): Promise<Finding> {
  const channels = await findPwmChannels(root);
  if (channels.length === 0) {
    const [first] = pwmPins;
    return {
      check: "pwm",
      state: "warn",
      message: "the kernel drives PWM on no pin of the header; only devices that use PWM need it",
      fix: `${overlayFor(first?.line ?? 12)} (other pins: 13, 18, 19; any pin, less exact: dtoverlay=pwm-gpio)`,
    };
  }
  const pins = channels.map(({ line, certain }) => `GPIO${line}${certain ? "" : " (if its overlay is loaded)"}`);
  return { check: "pwm", state: "ok", message: `the kernel drives PWM on ${pins.join(", ")}` };
}
