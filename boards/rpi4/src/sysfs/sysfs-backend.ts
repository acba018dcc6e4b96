import { access, constants } from "node:fs/promises";
import {
  type Clock,
  type EdgeEvent,
  Feed,
  HalError,
  type InputOptions,
  type OutputOptions,
} from "@edgetwin/mapper-sdk";
import type { Backend } from "../backend.ts";
import { readText } from "../files.ts";
import { halError, systemCode } from "../hal-error.ts";
import { Debounce } from "./debounce.ts";
import type { SysfsChip } from "./find-base.ts";
import type { OnoffLine, OpenOnoff } from "./onoff.ts";

/** What {@link sysfsBackend} is made of. */
export interface SysfsParts {
  readonly chip: SysfsChip;
  readonly open: OpenOnoff;
  readonly clock: Clock;
  readonly root: string;
}

/** The lines of the header through /sys/class/gpio, the kernel's old interface, with the onoff library. */
export function sysfsBackend({ chip, open, clock, root }: SysfsParts): Backend {
  const folder = `${root}/sys/class/gpio`;
  const openLine = (line: number, how: Parameters<OpenOnoff> extends [number, ...infer Rest] ? Rest : never) => {
    try {
      return open(chip.base + line, ...how);
    } catch (error) {
      throw explain(error, { line, number: chip.base + line });
    }
  };

  return {
    name: "sysfs",
    summary: `/sys/class/gpio (${chip.label}, numbers from ${chip.base})`,

    async output(line, options) {
      refuse(line, options);
      const { initial = false, activeLow = false } = options;
      // Writing "high" or "low" to `direction` sets the wire, whatever active_low says (Documentation/ABI/obsolete/sysfs-gpio).
      const pin = openLine(line, [initial === activeLow ? "low" : "high", { activeLow }]);
      const guard = guardOf(line);
      return {
        set: async (active) => guard(() => pin.writeSync(active ? 1 : 0)),
        get: async () => guard(() => pin.readSync() === 1),
        [Symbol.asyncDispose]: closing(pin),
      };
    },

    async input(line, options) {
      refuse(line, options);
      const { activeLow = false, debounceMs = 0, edge = "both" } = options;
      // A debounced line is watched in both directions, because the way back is what shows a bounce.
      const pin = openLine(line, ["in", { edge: debounceMs > 0 ? "both" : edge, activeLow }]);
      const guard = guardOf(line);
      const feed: Feed<EdgeEvent> = new Feed(watching(pin, { clock, debounceMs, edge, guard, feed: () => feed }));
      const close = closing(pin);
      return {
        get: async () => guard(() => pin.readSync() === 1),
        edges: (wait) => feed.values(wait),
        async [Symbol.asyncDispose]() {
          feed.fail(new HalError("disconnected", `GPIO${line} was closed`));
          await close();
        },
      };
    },

    async holder(line) {
      const number = chip.base + line;
      const exported = await access(`${folder}/gpio${number}`, constants.F_OK).then(
        () => true,
        () => false,
      );
      if (exported) return `whoever exported ${number} in /sys/class/gpio`;
      return holderInDebugfs(await readText(`${root}/sys/kernel/debug/gpio`), number);
    },

    async [Symbol.asyncDispose]() {},
  };
}

/** The consumer of a line in debugfs's list, e.g. ` gpio-520 (GPIO8 |spi0 CS0 ) out hi`; only root may read it. */
function holderInDebugfs(list: string | undefined, number: number): string | undefined {
  const found = list?.match(new RegExp(`^\\s*gpio-${number}\\s*\\([^|)]*\\|([^)]*)\\)`, "m"))?.[1]?.trim();
  return found || undefined;
}

interface Watching {
  readonly clock: Clock;
  readonly debounceMs: number;
  readonly edge: "rising" | "falling" | "both";
  readonly guard: <T>(action: () => T) => T;
  readonly feed: () => Feed<EdgeEvent>;
}

function watching(pin: OnoffLine, { clock, debounceMs, edge, guard, feed }: Watching) {
  let debounce: Debounce | undefined;
  const report = (active: boolean) => {
    if (edge !== "both" && (edge === "rising") !== active) return;
    feed().push({ active, monotonicMs: clock.monotonic() });
  };
  return {
    start() {
      guard(() => {
        debounce = new Debounce({ clock, debounceMs, level: pin.readSync() === 1 }, report);
        pin.watch((error, value) => {
          if (error) feed().fail(error);
          else if (debounceMs > 0) debounce?.take(value === 1);
          else report(value === 1);
        });
      });
    },
    stop() {
      debounce?.[Symbol.dispose]();
      pin.unwatchAll();
    },
  };
}

/** What sysfs has no attribute for. */
function refuse(line: number, { pull, drive }: Pick<InputOptions, "pull"> & Pick<OutputOptions, "drive">): void {
  const name = `GPIO${line}`;
  const instead = "use the gpiochip backend";
  if (pull !== undefined) {
    const letters = { up: "pu", down: "pd", none: "pn" }[pull];
    const fix = `${instead}, or put gpio=${line}=ip,${letters} into /boot/firmware/config.txt and leave pull out`;
    throw new HalError("unsupported", `${name}: sysfs cannot set a pull resistor (pull: ${pull}); ${fix}`);
  }
  if (drive !== undefined && drive !== "push-pull") {
    throw new HalError("unsupported", `${name}: sysfs cannot drive ${drive}; ${instead}`);
  }
}

function explain(error: unknown, { line, number }: { readonly line: number; readonly number: number }): HalError {
  const name = `GPIO${line} (${number} in sysfs)`;
  switch (systemCode(error)) {
    case "EBUSY":
      return new HalError("busy", `${name} is held by another program or a kernel driver; gpioinfo tells by whom`, {
        cause: error,
      });
    case "EACCES":
    case "EPERM":
      return new HalError("permission", `${name}: not allowed; put the user into the group gpio and log in again`, {
        cause: error,
      });
    default:
      return halError(error, name);
  }
}

const guardOf =
  (line: number) =>
  <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw halError(error, `GPIO${line}`);
    }
  };

function closing(pin: OnoffLine): () => Promise<void> {
  let closed = false;
  return async () => {
    if (closed) return;
    closed = true;
    pin.unexport();
  };
}
