/** A line of the pigpio library, as far as it is used here. Every call throws when libpigpio returns an error. */
export interface PigpioLine {
  mode(mode: number): unknown;
  pullUpDown(pull: number): unknown;
  digitalRead(): number;
  digitalWrite(level: number): unknown;
  /** Microseconds for which a level must hold before it is reported; up to 300,000. */
  glitchFilter(steadyUs: number): unknown;
  enableAlert(): unknown;
  disableAlert(): unknown;
  on(event: "alert", listener: (level: number, tick: number) => void): unknown;
  off(event: "alert", listener: (level: number, tick: number) => void): unknown;
  pwmFrequency(frequencyHz: number): unknown;
  getPwmFrequency(): number;
  pwmRange(range: number): unknown;
  pwmWrite(duty: number): unknown;
  hardwarePwmWrite(frequencyHz: number, duty: number): unknown;
  getPwmDutyCycle(): number;
}

/** The initialised pigpio library. Disposing it stops its threads and DMA; outputs keep their level. */
export interface Pigpio extends Disposable {
  line(number: number): PigpioLine;
}

/** Numbers of pigpio.h. */
export const pigpioConstants = {
  PI_INPUT: 0,
  PI_OUTPUT: 1,
  PI_PUD_OFF: 0,
  PI_PUD_DOWN: 1,
  PI_PUD_UP: 2,
} as const;
