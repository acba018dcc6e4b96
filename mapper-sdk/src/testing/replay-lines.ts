import type { Capture, CaptureError, CaptureValue } from "../capture/capture.ts";
import type { Clock } from "../clock.ts";
import { didYouMean } from "../did-you-mean.ts";
import { Feed } from "../feed.ts";
import {
  type EdgeEvent,
  type Gpio,
  HalError,
  type InputLine,
  type OutputLine,
  type Pwm,
  type PwmOutput,
} from "../hal.ts";
import type { Scripts } from "./replay-board.ts";
import { type ReplayScript, restored } from "./replay-script.ts";

/** The digital lines of a capture. */
export function replayGpio(
  capture: Capture,
  { script, clock }: { readonly script: Scripts; readonly clock: Clock },
): Gpio {
  const names = new Map<string, { readonly name: string } | { readonly error: CaptureError }>();
  for (const { do: what, out, in: name, error } of capture.entries) {
    if (what === "name") names.set(String(out), error ? { error } : { name: String(name) });
  }
  const lineName = (pin: string | number): string => {
    const known = names.get(String(pin));
    if (known && "error" in known) throw restored(known.error);
    if (known) return known.name;
    const hint = didYouMean(String(pin), [...names.keys()]);
    throw new HalError("unknown", `${capture.name} has no pin ${JSON.stringify(pin)}${hint}`);
  };
  const resource = (pin: string | number) => script(`gpio ${lineName(pin)}`);
  return {
    lineName,
    async output(pin, options = {}) {
      const line = resource(pin);
      await line.ask({ do: "open output", out: { ...options } as CaptureValue });
      return {
        set: async (active) => void (await line.ask({ do: "set", out: active })),
        get: () => askBoolean(line),
        [Symbol.asyncDispose]: async () => line.close(),
      } satisfies OutputLine;
    },
    async input(pin, options = {}) {
      const line = resource(pin);
      await line.ask({ do: "open input", out: { ...options } as CaptureValue });
      const feed = new Feed<EdgeEvent>();
      line.onEvent = (event) => {
        if (event.do === "edge") feed.push({ active: event.in === true, monotonicMs: clock.monotonic() });
        else feed.fail(restored(event.error ?? { message: `${event.on} was lost` }));
      };
      return {
        get: () => askBoolean(line),
        edges: (wait) => feed.values(wait),
        async [Symbol.asyncDispose]() {
          line.close();
          line.onEvent = undefined;
          feed.fail(new HalError("disconnected", `${lineName(pin)} has been released`));
        },
      } satisfies InputLine;
    },
  };
}

/** The PWM outputs of a capture. */
export function replayPwm(gpio: Gpio, script: Scripts): Pwm {
  return {
    async output(pin, options) {
      const line = script(`pwm ${gpio.lineName(pin)}`);
      await line.ask({ do: "open", out: { ...options } as unknown as CaptureValue });
      return {
        setDuty: async (duty) => void (await line.ask({ do: "set", out: duty })),
        async duty() {
          const { value, line: at } = await line.ask({ do: "get" });
          if (typeof value !== "number") throw line.damaged(at, "the answer is no number");
          return value;
        },
        [Symbol.asyncDispose]: async () => line.close(),
      } satisfies PwmOutput;
    },
  };
}

async function askBoolean(script: ReplayScript): Promise<boolean> {
  const { value, line } = await script.ask({ do: "get" });
  if (typeof value !== "boolean") throw script.damaged(line, "the answer is neither true nor false");
  return value;
}
