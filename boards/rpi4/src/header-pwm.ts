import { type Clock, HalError, type Pwm, type PwmOptions, type PwmOutput } from "@edgetwin/mapper-sdk";
import type { Claims } from "./claims.ts";
import { claimed } from "./header-gpio.ts";
import type { Pigpio } from "./pigpio/pigpio.ts";
import { openPigpioPwm } from "./pigpio/pigpio-pwm.ts";
import { findPwmChannels } from "./pwm/find-pwm.ts";
import { openKernelPwm } from "./pwm/kernel-pwm.ts";
import { overlayFor } from "./pwm/pwm-pins.ts";

/** What {@link headerPwm} is made of. */
export interface HeaderPwmParts {
  readonly root: string;
  readonly clock: Clock;
  readonly claims: Claims;
  /** The initialised pigpio library, or the reason why it cannot be used here. */
  readonly pigpio: () => Promise<Pigpio | { readonly unusable: string }>;
  /** Who outside the agent holds a line, as far as the GPIO backend can tell. */
  readonly holder: (line: number) => Promise<string | undefined>;
  /** True when the configuration asks for pigpio: then the kernel's channels are left alone. */
  readonly onlyPigpio: boolean;
}

/** PWM on the header: the kernel's channels where an overlay brings one to the pin, otherwise pigpio. */
export function headerPwm(parts: HeaderPwmParts): Pwm {
  const open = (line: number, options: PwmOptions) => openPwm(parts, line, options);
  return { output: async (pin, options) => claimed(parts.claims, { pin, options, open }) };
}

async function openPwm(parts: HeaderPwmParts, line: number, options: PwmOptions): Promise<PwmOutput> {
  const { root, clock } = parts;
  if (!parts.onlyPigpio) {
    const channel = (await findPwmChannels(root)).find((candidate) => candidate.line === line);
    if (channel) return openKernelPwm(channel, { ...options, clock });
  }
  const pigpio = await parts.pigpio();
  if ("unusable" in pigpio) {
    const message = `GPIO${line} has no PWM: the kernel drives none there (${overlayFor(line)}), and ${pigpio.unusable}`;
    throw new HalError("unsupported", message);
  }
  // pigpio writes registers and would take a line from under its holder.
  const holder = await parts.holder(line);
  if (holder !== undefined) throw new HalError("busy", `GPIO${line} is held by ${holder}; choose another pin`);
  return openPigpioPwm(pigpio, { line, options });
}
