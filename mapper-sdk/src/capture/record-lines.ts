import type { EdgeEvent, Gpio, InputLine, OutputLine, Pwm, PwmOutput } from "../hal.ts";
import type { CaptureValue } from "./capture.ts";
import { pumped } from "./pump.ts";
import { captureError, type Recorder } from "./recorder.ts";

/** The digital lines of a board, written down. A pin's canonical name is noted once for each way it is written. */
export function recordGpio(gpio: Gpio, recorder: Recorder): Gpio {
  const names = new Map<string | number, string>();
  const lineName = (pin: string | number): string => {
    const known = names.get(pin);
    if (known !== undefined) return known;
    try {
      const name = gpio.lineName(pin);
      names.set(pin, name);
      recorder.note({ on: "gpio", do: "name", out: pin, in: name });
      return name;
    } catch (error) {
      recorder.note({ on: "gpio", do: "name", out: pin, error: captureError(error) });
      throw error;
    }
  };
  return {
    lineName,
    ...(gpio.lines && { lines: gpio.lines }),
    async output(pin, options = {}) {
      const on = `gpio ${lineName(pin)}`;
      const open = { on, do: "open output", out: { ...options } as CaptureValue };
      return recordOutput(recorder, on, await recorder.operation(open, () => gpio.output(pin, options)));
    },
    async input(pin, options = {}) {
      const on = `gpio ${lineName(pin)}`;
      const open = { on, do: "open input", out: { ...options } as CaptureValue };
      return recordInput(recorder, on, await recorder.operation(open, () => gpio.input(pin, options)));
    },
  };
}

function recordOutput(recorder: Recorder, on: string, line: OutputLine): OutputLine {
  return {
    set: (active) => recorder.operation({ on, do: "set", out: active }, () => line.set(active)),
    get: () => recorder.operation({ on, do: "get", in: (active: boolean) => active }, () => line.get()),
    [Symbol.asyncDispose]: () => recorder.operation({ on, do: "close" }, async () => line[Symbol.asyncDispose]()),
  };
}

function recordInput(recorder: Recorder, on: string, line: InputLine): InputLine {
  const feed = pumped<EdgeEvent>({
    source: (options) => line.edges(options),
    onValue: ({ active }) => recorder.note({ on, do: "edge", in: active }),
    onLost: (error) => recorder.note({ on, do: "lost", error: captureError(error) }),
  });
  return {
    get: () => recorder.operation({ on, do: "get", in: (active: boolean) => active }, () => line.get()),
    edges: (options) => feed.values(options),
    [Symbol.asyncDispose]: () => recorder.operation({ on, do: "close" }, async () => line[Symbol.asyncDispose]()),
  };
}

/** The PWM outputs of a board, written down. */
export function recordPwm(pwm: Pwm, { gpio, recorder }: { readonly gpio: Gpio; readonly recorder: Recorder }): Pwm {
  return {
    async output(pin, options) {
      const on = `pwm ${gpio.lineName(pin)}`;
      const open = { on, do: "open", out: { ...options } as unknown as CaptureValue };
      const output = await recorder.operation(open, () => pwm.output(pin, options));
      return {
        setDuty: (duty) => recorder.operation({ on, do: "set", out: duty }, () => output.setDuty(duty)),
        duty: () => recorder.operation({ on, do: "get", in: (duty: number) => duty }, () => output.duty()),
        [Symbol.asyncDispose]: () => recorder.operation({ on, do: "close" }, async () => output[Symbol.asyncDispose]()),
      } satisfies PwmOutput;
    },
  };
}
