import { EventEmitter } from "node:events";
import type { Pigpio, PigpioLine } from "../src/pigpio/pigpio.ts";

/** Frequencies of DMA PWM at the default sample rate of 5 us (pigpio.h, gpioSetPWMfrequency). */
const frequencies = [8000, 4000, 2000, 1600, 1000, 800, 500, 400, 320, 250, 200, 160, 100, 80, 50, 40, 20, 10];

/** A line of the pigpio library made of memory. */
export class FakePigpioLine extends EventEmitter implements PigpioLine {
  /** Every call that changed something, in order. */
  readonly calls: string[] = [];
  level = 0;
  frequency = 800;
  range = 255;
  duty = 0;
  alerts = false;

  mode(mode: number) {
    this.calls.push(`mode ${mode}`);
  }
  pullUpDown(pull: number) {
    this.calls.push(`pull ${pull}`);
  }
  digitalRead() {
    return this.level;
  }
  digitalWrite(level: number) {
    this.calls.push(`write ${level}`);
    this.level = level;
  }
  glitchFilter(steadyUs: number) {
    this.calls.push(`glitch ${steadyUs}`);
  }
  enableAlert() {
    this.alerts = true;
  }
  disableAlert() {
    this.alerts = false;
  }
  pwmFrequency(frequencyHz: number) {
    this.frequency = frequencies.reduce((a, b) => (Math.abs(b - frequencyHz) < Math.abs(a - frequencyHz) ? b : a));
  }
  getPwmFrequency() {
    return this.frequency;
  }
  pwmRange(range: number) {
    this.range = range;
  }
  pwmWrite(duty: number) {
    this.duty = duty;
    this.calls.push(`pwm ${duty}/${this.range}`);
  }
  hardwarePwmWrite(frequencyHz: number, duty: number) {
    this.duty = duty;
    this.calls.push(`hardware ${frequencyHz} Hz ${duty}`);
  }
  getPwmDutyCycle() {
    return this.duty;
  }
  /** Drives the wire from outside. */
  drive(level: number) {
    this.level = level;
    if (this.alerts) this.emit("alert", level, 0);
  }
}

/** The pigpio library made of memory. */
export class FakePigpio implements Pigpio {
  readonly lines = new Map<number, FakePigpioLine>();
  terminated = 0;

  line(number: number): FakePigpioLine {
    const line = this.lines.get(number) ?? new FakePigpioLine();
    this.lines.set(number, line);
    return line;
  }

  [Symbol.dispose](): void {
    this.terminated++;
  }
}
