import { accessSync, constants, existsSync, readFileSync, writeFileSync } from "node:fs";
import { type Clock, delay, HalError, type PwmOptions, type PwmOutput } from "@edgetwin/mapper-sdk";
import { halError, systemCode } from "../hal-error.ts";
import { checkDuty, checkFrequency } from "./duty.ts";
import type { PwmChannel } from "./find-pwm.ts";

const nsPerSecond = 1e9;
/** udev hands a new channel to the group gpio a moment after it appears. */
const permissionRetries = 50;
const permissionRetryMs = 20;

/**
 * Claims a PWM channel of the kernel (Documentation/ABI/testing/sysfs-class-pwm). A channel that still runs from before
 * goes to the new frequency and duty without a stop in between.
 */
export async function openKernelPwm(
  { line, folder, channel }: PwmChannel,
  options: PwmOptions & { readonly clock: Clock },
): Promise<PwmOutput> {
  const { activeLow = false, initialDuty = 0, clock } = options;
  const periodNs = Math.round(nsPerSecond / checkFrequency(line, options));
  const path = `${folder}/pwm${channel}`;
  const wire = (duty: number) => Math.round((activeLow ? 1 - duty : duty) * periodNs);
  const initialNs = wire(checkDuty(line, initialDuty));
  if (!existsSync(path)) exportChannel(folder, { line, channel });
  await settle(path, { line, clock });
  const guard = guardOf(line, options);
  guard(() => {
    const dutyBefore = Number(readFileSync(`${path}/duty_cycle`, "utf8"));
    const steps: [string, number][] = [
      ["period", periodNs],
      ["duty_cycle", initialNs],
    ];
    // The kernel refuses a period shorter than the duty that is set.
    for (const [name, value] of dutyBefore > periodNs ? steps.reverse() : steps) write(`${path}/${name}`, value);
    write(`${path}/enable`, 1);
  });
  let closed = false;
  return {
    setDuty: async (duty) => {
      const dutyNs = wire(checkDuty(line, duty));
      guard(() => write(`${path}/duty_cycle`, dutyNs));
    },
    duty: async () => {
      const share = guard(() => Number(readFileSync(`${path}/duty_cycle`, "utf8"))) / periodNs;
      return activeLow ? 1 - share : share;
    },
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      guard(() => write(`${folder}/unexport`, channel));
    },
  };
}

// Synchronous on purpose: each write takes microseconds, and two of them cannot overtake each other in the thread pool.
const write = (path: string, value: number): void => writeFileSync(path, String(value));

function exportChannel(folder: string, { line, channel }: { readonly line: number; readonly channel: number }): void {
  try {
    write(`${folder}/export`, channel);
  } catch (error) {
    const name = `GPIO${line} (channel ${channel} of ${folder})`;
    if (systemCode(error) === "EBUSY") {
      const message = `${name} is held by a kernel driver, often the fan or the audio output; choose another pin`;
      throw new HalError("busy", message, { cause: error });
    }
    throw permission(error, name) ?? halError(error, name);
  }
}

async function settle(path: string, { line, clock }: { readonly line: number; readonly clock: Clock }): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      for (const name of ["period", "duty_cycle", "enable"]) accessSync(`${path}/${name}`, constants.W_OK);
      return;
    } catch (error) {
      if (attempt === permissionRetries) {
        throw permission(error, `GPIO${line} (${path})`) ?? halError(error, `GPIO${line} (${path})`);
      }
      await delay(clock, permissionRetryMs);
    }
  }
}

function permission(error: unknown, name: string): HalError | undefined {
  if (!["EACCES", "EPERM"].includes(systemCode(error) ?? "")) return undefined;
  return new HalError("permission", `${name}: not allowed; put the user into the group gpio and log in again`, {
    cause: error,
  });
}

const guardOf =
  (line: number, { frequencyHz }: PwmOptions) =>
  <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw halError(error, `GPIO${line} at ${frequencyHz} Hz`);
    }
  };
