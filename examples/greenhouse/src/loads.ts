/** What hangs on one relay, or on the meter itself. */
export interface Load {
  readonly watts: number;
  readonly powerFactor: number;
  /** Water that it sprays. */
  readonly gramsPerSecond?: number;
}

/** By the coil of the relay board: heater, pump of the mist nozzles, lamps. Nothing is wired to the other five. */
export const relayLoads: readonly Load[] = [
  { watts: 1000, powerFactor: 1 },
  { watts: 60, powerFactor: 0.8, gramsPerSecond: 0.4 },
  { watts: 200, powerFactor: 0.95 },
];

/** The fan at full speed; its supply is behind the meter too. */
const fanWatts = 20;

/** The fan at `speed`, 0 to 1: the power of a fan grows with the cube of its speed. */
export const fanLoad = (speed: number): Load => ({ watts: fanWatts * speed ** 3, powerFactor: 1 });

/** What an energy meter measures of `loads` that are on, at `volts`. */
export function measure(loads: readonly Load[], volts: number) {
  const power = loads.reduce((sum, { watts }) => sum + watts, 0);
  const reactivePower = loads.reduce((sum, { watts, powerFactor: pf }) => sum + watts * Math.tan(Math.acos(pf)), 0);
  const apparentPower = Math.hypot(power, reactivePower);
  const powerFactor = apparentPower === 0 ? 1 : power / apparentPower;
  return { volts, amps: apparentPower / volts, power, apparentPower, reactivePower, powerFactor };
}
