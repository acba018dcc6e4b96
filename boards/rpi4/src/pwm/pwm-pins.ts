/** A PWM controller in the SoC, or a line that the kernel switches itself. */
export type PwmController = "bcm2835" | "rp1";

/** One way to bring a controller's channel to a header line. */
export interface PwmPin {
  readonly line: number;
  readonly channel: Readonly<Record<PwmController, number>>;
  /** Value of `func` for the overlay: the alternate function in the numbering of brcm,function. */
  readonly overlayFunction: number;
}

/**
 * The header lines that can show hardware PWM. Sources: BCM2711 ARM Peripherals, table "GPIO Pins Alternative Function
 * Assignment" (PWM0_0 and PWM0_1); RP1 Peripherals, table 4 (PWM0[0] to PWM0[3]); functions from the README of the `pwm`
 * overlay in the Raspberry Pi firmware.
 */
export const pwmPins: readonly PwmPin[] = [
  { line: 12, channel: { bcm2835: 0, rp1: 0 }, overlayFunction: 4 },
  { line: 13, channel: { bcm2835: 1, rp1: 1 }, overlayFunction: 4 },
  { line: 18, channel: { bcm2835: 0, rp1: 2 }, overlayFunction: 2 },
  { line: 19, channel: { bcm2835: 1, rp1: 3 }, overlayFunction: 2 },
];

/** What to put into config.txt so that the kernel drives `line` with PWM. */
export function overlayFor(line: number): string {
  const pin = pwmPins.find((candidate) => candidate.line === line);
  const overlay = pin ? `dtoverlay=pwm,pin=${line},func=${pin.overlayFunction}` : `dtoverlay=pwm-gpio,gpio=${line}`;
  return `add "${overlay}" to /boot/firmware/config.txt and reboot`;
}
