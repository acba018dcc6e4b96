import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { HalError } from "@edgetwin/mapper-sdk";
import type { Pigpio, PigpioLine } from "./pigpio.ts";

interface PigpioPackage {
  readonly Gpio: new (number: number) => PigpioLine;
  readonly DISABLE_FIFO_IF: number;
  readonly DISABLE_SOCK_IF: number;
  configureInterfaces(interfaces: number): void;
  initialize(): void;
  terminate(): void;
}

/** PI_CFG_NOSIGHANDLER of pigpio.h. */
const noSignalHandler = 1 << 10;

/**
 * Loads and initialises the pigpio library, which takes over the DMA and clock of the chip: as root, up to the Pi 4.
 * `from` is the module that the package is looked up from; tests bring a package of their own.
 *
 * @throws HalError `"unsupported"` when its add-on was built without the C library, `"permission"` when it cannot start.
 */
export async function loadPigpio(from: string = import.meta.url): Promise<Pigpio> {
  const pigpio = loadPackage(from);
  await keepSignalHandlers();
  try {
    // By default libpigpio listens on port 8888 of every interface and lets anybody switch pins.
    pigpio.configureInterfaces(pigpio.DISABLE_FIFO_IF | pigpio.DISABLE_SOCK_IF);
    pigpio.initialize();
  } catch (error) {
    const message =
      "pigpio did not start; it needs root, a Pi up to the 4, and must be the only one: stop pigpiod (systemctl disable --now pigpiod)";
    throw new HalError("permission", message, { cause: error });
  }
  return {
    line: (number) => new pigpio.Gpio(number),
    [Symbol.dispose]: () => pigpio.terminate(),
  };
}

function loadPackage(from: string): PigpioPackage {
  const require = createRequire(from);
  try {
    const folder = dirname(require.resolve("pigpio/package.json"));
    // The package prints 30 lines to the console when its add-on does not load, so the add-on is tried first.
    const addon: Record<string, unknown> = require(join(folder, "build", "Release", "pigpio.node"));
    if (typeof addon.gpioInitialise !== "function") throw new Error("the add-on is empty");
    return require("pigpio");
  } catch (error) {
    const fix = "install the C library (Raspberry Pi OS: sudo apt install pigpio) and run npm rebuild pigpio";
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new HalError("unsupported", `the pigpio add-on is not usable (${reason}); ${fix}`, { cause: error });
  }
}

/** libpigpio would replace the process's handlers of every signal, and a SIGTERM then ends it without closing anything. */
async function keepSignalHandlers(): Promise<void> {
  const { default: koffi } = await import("koffi");
  // The name under which the add-on has loaded it: this is the same copy of the library.
  const library = koffi.load("libpigpio.so.1");
  const internals = library.func("uint32_t gpioCfgGetInternals()") as () => number;
  const setInternals = library.func("int gpioCfgSetInternals(uint32_t value)") as (value: number) => number;
  setInternals(internals() | noSignalHandler);
}
