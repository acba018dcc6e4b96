import { kernelSyscalls } from "./gpiochip/kernel-syscalls.ts";
import type { Syscalls } from "./gpiochip/syscalls.ts";
import { loadI2cBus, type OpenLibraryBus } from "./i2c/i2c-library.ts";
import { kernelRdwr, type OpenRdwr } from "./i2c/rdwr.ts";
import { loadPigpio } from "./pigpio/load-pigpio.ts";
import type { Pigpio } from "./pigpio/pigpio.ts";
import { loadSerialport, type OpenLibraryPort } from "./serial/serial-library.ts";
import { loadOnoff, type OpenOnoff } from "./sysfs/onoff.ts";

/** Everything native, each loaded when it is first needed. Tests bring emulators. */
export interface Ports {
  syscalls(): Promise<Syscalls>;
  onoff(): Promise<OpenOnoff>;
  pigpio(): Promise<Pigpio>;
  i2c(): Promise<OpenLibraryBus>;
  rdwr(): Promise<OpenRdwr>;
  serial(): Promise<OpenLibraryPort>;
}

/** The native parts of this machine. */
export const nativePorts: Ports = {
  syscalls: kernelSyscalls,
  onoff: loadOnoff,
  pigpio: () => loadPigpio(),
  i2c: loadI2cBus,
  rdwr: kernelRdwr,
  serial: loadSerialport,
};
