import { HalError, type PwmOptions, type PwmOutput } from "@edgetwin/mapper-sdk";
import { halError } from "../hal-error.ts";
import { checkDuty, checkFrequency } from "../pwm/duty.ts";
import { pwmPins } from "../pwm/pwm-pins.ts";
import { type Pigpio, pigpioConstants as pi } from "./pigpio.ts";

/** gpioHardwarePWM of pigpio.h: the duty is in millionths. */
const hardwareRange = 1_000_000;
/** gpioSetPWMrange of pigpio.h: the largest range. */
const softwareRange = 40_000;
/** How far the frequency that pigpio offers may be from the one asked for. */
const tolerance = 0.1;

/**
 * A PWM output of pigpio: by the chip's PWM unit on the lines that have one, by DMA on all others. DMA knows a few
 * frequencies only (8000 Hz down to 10 Hz with the default sample rate); one that is not near is refused.
 */
export function openPigpioPwm(pigpio: Pigpio, { line, options }: { line: number; options: PwmOptions }): PwmOutput {
  const { activeLow = false, initialDuty = 0 } = options;
  const frequencyHz = Math.round(checkFrequency(line, options));
  const hardware = pwmPins.some((pin) => pin.line === line);
  const range = hardware ? hardwareRange : softwareRange;
  const guard = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw halError(error, `GPIO${line} at ${options.frequencyHz} Hz through pigpio`);
    }
  };
  const pin = guard(() => pigpio.line(line));
  const set = (duty: number) => {
    const onWire = Math.round((activeLow ? 1 - duty : duty) * range);
    guard(() => (hardware ? pin.hardwarePwmWrite(frequencyHz, onWire) : pin.pwmWrite(onWire)));
  };
  checkDuty(line, initialDuty);
  if (!hardware) {
    guard(() => {
      pin.pwmFrequency(frequencyHz);
      pin.pwmRange(softwareRange);
    });
    const offered = guard(() => pin.getPwmFrequency());
    if (Math.abs(offered - options.frequencyHz) > options.frequencyHz * tolerance) {
      const message = `GPIO${line}: pigpio cannot do ${options.frequencyHz} Hz here, the nearest is ${offered} Hz; ask for that, or use GPIO12, 13, 18 or 19`;
      throw new HalError("unsupported", message);
    }
  }
  set(initialDuty);
  let closed = false;
  return {
    setDuty: async (duty) => set(checkDuty(line, duty)),
    duty: async () => {
      const share = guard(() => pin.getPwmDutyCycle()) / range;
      return activeLow ? 1 - share : share;
    },
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      // Nobody would notice a wave that goes on; a level is what a released line of the other backends shows too.
      guard(() => {
        pin.digitalWrite(activeLow ? 1 : 0);
        pin.mode(pi.PI_OUTPUT);
      });
    },
  };
}
