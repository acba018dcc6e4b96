import { kernelSyscalls } from "./gpiochip/kernel-syscalls.ts";
import type { Syscalls } from "./gpiochip/syscalls.ts";
import { loadPigpio } from "./pigpio/load-pigpio.ts";
import type { Pigpio } from "./pigpio/pigpio.ts";
import { loadOnoff, type OpenOnoff } from "./sysfs/onoff.ts";

/** Everything native, each loaded when it is first needed. Tests bring emulators. */
export interface Ports {
  syscalls(): Promise<Syscalls>;
  onoff(): Promise<OpenOnoff>;
  pigpio(): Promise<Pigpio>;
}

/** The native parts of this machine. */
export const nativePorts: Ports = {
  syscalls: kernelSyscalls,
  onoff: loadOnoff,
  pigpio: () => loadPigpio(),
};
