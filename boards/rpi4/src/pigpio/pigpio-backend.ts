import { type Clock, type EdgeEvent, Feed, HalError, type InputLine, type InputOptions } from "@edgetwin/mapper-sdk";
import type { Backend } from "../backend.ts";
import { halError } from "../hal-error.ts";
import { type Pigpio, type PigpioLine, pigpioConstants as pi } from "./pigpio.ts";

/** What {@link pigpioBackend} is made of; the board owns `pigpio`. */
export interface PigpioParts {
  readonly pigpio: Pigpio;
  readonly clock: Clock;
}

/** The lines of the header through the registers of the chip. The kernel is not asked and does not know. */
export function pigpioBackend({ pigpio, clock }: PigpioParts): Backend {
  return {
    name: "pigpio",
    summary: "pigpio (registers and DMA of the chip)",

    async output(line, { initial = false, activeLow = false, drive = "push-pull" }) {
      if (drive !== "push-pull") {
        throw new HalError("unsupported", `GPIO${line}: pigpio cannot drive ${drive}; use the gpiochip backend`);
      }
      const guard = guardOf(line);
      const pin = guard(() => pigpio.line(line));
      const write = (active: boolean) => pin.digitalWrite(active !== activeLow ? 1 : 0);
      // Level first: the output register keeps it, and it is what the line shows when it turns into an output.
      guard(() => {
        write(initial);
        pin.mode(pi.PI_OUTPUT);
      });
      return {
        set: async (active) => guard(() => void write(active)),
        get: async () => guard(() => (pin.digitalRead() === 1) !== activeLow),
        async [Symbol.asyncDispose]() {},
      };
    },

    input: async (line, options) => openInput({ pigpio, clock }, line, options),

    holder: async () => undefined,

    async [Symbol.asyncDispose]() {},
  };
}

const pulls = { up: pi.PI_PUD_UP, down: pi.PI_PUD_DOWN, none: pi.PI_PUD_OFF } as const;
/** gpioGlitchFilter of pigpio.h: at most 300,000 microseconds. */
const maxGlitchMs = 300;

function openInput({ pigpio, clock }: PigpioParts, line: number, options: InputOptions): InputLine {
  const { activeLow = false, pull, edge = "both", debounceMs = 0 } = options;
  if (debounceMs > maxGlitchMs) {
    const message = `GPIO${line}: pigpio debounces up to ${maxGlitchMs} ms, not ${debounceMs}; use the gpiochip backend`;
    throw new HalError("unsupported", message);
  }
  const guard = guardOf(line);
  const pin: PigpioLine = guard(() => pigpio.line(line));
  guard(() => {
    pin.mode(pi.PI_INPUT);
    if (pull) pin.pullUpDown(pulls[pull]);
    pin.glitchFilter(Math.round(debounceMs * 1000));
  });
  const onAlert = (level: number) => {
    // Level 2 is a watchdog time-out, no level.
    if (level > 1) return;
    const active = (level === 1) !== activeLow;
    if (edge === "both" || (edge === "rising") === active) feed.push({ active, monotonicMs: clock.monotonic() });
  };
  const feed = new Feed<EdgeEvent>({
    start: () =>
      guard(() => {
        pin.on("alert", onAlert);
        pin.enableAlert();
      }),
    stop: () => {
      pin.off("alert", onAlert);
      pin.disableAlert();
    },
  });
  return {
    get: async () => guard(() => (pin.digitalRead() === 1) !== activeLow),
    edges: (wait) => feed.values(wait),
    async [Symbol.asyncDispose]() {
      feed.fail(new HalError("disconnected", `GPIO${line} was closed`));
    },
  };
}

const guardOf =
  (line: number) =>
  <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw halError(error, `GPIO${line} through pigpio`);
    }
  };
