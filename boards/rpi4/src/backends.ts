import { access, constants } from "node:fs/promises";
import { userInfo } from "node:os";
import { type Clock, HalError, type Log } from "@edgetwin/mapper-sdk";
import type { BackendName, BackendProbe } from "./backend.ts";
import { groupOf, joinGroup } from "./files.ts";
import { findChip } from "./gpiochip/find-chip.ts";
import { gpiochipBackend } from "./gpiochip/gpiochip-backend.ts";
import type { Pigpio } from "./pigpio/pigpio.ts";
import { pigpioBackend } from "./pigpio/pigpio-backend.ts";
import type { Ports } from "./ports.ts";
import { findSysfsChip } from "./sysfs/find-base.ts";
import { sysfsBackend } from "./sysfs/sysfs-backend.ts";

/** What a probe works with. */
export interface ProbeContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly root: string;
  readonly ports: Ports;
  /** The initialised pigpio library, shared with PWM. */
  readonly pigpio: () => Promise<Pigpio | { readonly unusable: string }>;
}

/** Every backend in order of preference, and how to find out whether it can be used. */
export const probes: Readonly<Record<BackendName, (context: ProbeContext) => Promise<BackendProbe>>> = {
  gpiochip: probeGpiochip,
  sysfs: probeSysfs,
  pigpio: probePigpio,
};

async function probeGpiochip({ ports, root, clock, log }: ProbeContext): Promise<BackendProbe> {
  const syscalls = await ports.syscalls();
  const search = await findChip(syscalls, root);
  switch (search.kind) {
    case "found":
      return { backend: gpiochipBackend({ chip: search.chip, syscalls, clock, log }) };
    case "denied": {
      const group = await groupOf(search.path, root);
      const message = `${search.path} may not be opened by user ${userInfo().username}; it belongs to the group ${group}`;
      return { obstacle: { kind: "permission", message, fix: joinGroup(group) } };
    }
    case "absent": {
      const message = `no chip in /dev carries a Raspberry Pi label (pinctrl-…); ${seenText(search.seen)}`;
      const fix = "run on a Raspberry Pi with a kernel of 5.10 or later; in a container, pass /dev/gpiochip* in";
      return { obstacle: { kind: "unsupported", message, fix } };
    }
  }
}

async function probeSysfs({ ports, root, clock }: ProbeContext): Promise<BackendProbe> {
  const search = await findSysfsChip(root);
  if ("seen" in search) {
    const message = `no chip in /sys/class/gpio carries a Raspberry Pi label; ${seenText(search.seen)}`;
    return {
      obstacle: { kind: "unsupported", message, fix: "use a kernel with CONFIG_GPIO_SYSFS, or the gpiochip backend" },
    };
  }
  const exportFile = `${root}/sys/class/gpio/export`;
  try {
    await access(exportFile, constants.W_OK);
  } catch {
    const group = await groupOf(exportFile, root);
    const message = `/sys/class/gpio/export may not be written by user ${userInfo().username}; it belongs to the group ${group}`;
    return { obstacle: { kind: "permission", message, fix: joinGroup(group) } };
  }
  try {
    return { backend: sysfsBackend({ chip: search.chip, open: await ports.onoff(), clock, root }) };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return {
      obstacle: {
        kind: "unsupported",
        message: `the onoff library does not load: ${reason}`,
        fix: "run npm rebuild epoll",
      },
    };
  }
}

async function probePigpio({ pigpio, clock }: ProbeContext): Promise<BackendProbe> {
  const library = await pigpio();
  if (!("unusable" in library)) return { backend: pigpioBackend({ pigpio: library, clock }) };
  return {
    obstacle: {
      kind: "unsupported",
      message: library.unusable,
      fix: "use the gpiochip backend, or the kernel's PWM overlays",
    },
  };
}

/** Loads pigpio at most once, and remembers why it cannot be used. The caller disposes what `opened` returns. */
export function sharedPigpio(load: () => Promise<Pigpio>): {
  readonly get: () => Promise<Pigpio | { readonly unusable: string }>;
  readonly opened: () => Promise<Pigpio | undefined>;
} {
  let loading: Promise<Pigpio | { readonly unusable: string }> | undefined;
  return {
    get: () => {
      loading ??= load().catch((error: unknown) => {
        if (error instanceof HalError) return { unusable: error.message };
        throw error;
      });
      return loading;
    },
    opened: async () => {
      const library = await loading;
      return library && !("unusable" in library) ? library : undefined;
    },
  };
}

const seenText = (seen: readonly string[]) =>
  seen.length > 0 ? `there are ${seen.join(", ")}` : "there is none at all";
