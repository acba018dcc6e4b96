/** What acts on the air of the room. */
export interface Influences {
  readonly outside: number;
  /** Heat from the fan coil; negative when it cools. */
  readonly watts: number;
  readonly windowOpen: boolean;
}

/** A hotel room of 20 square metres with its furniture. */
const room = {
  joulesPerKelvin: 200_000,
  /** Through wall and glass. */
  wattsPerKelvin: 25,
  /** Through an open window, besides. */
  windowWattsPerKelvin: 120,
} as const;

/** The temperature after `seconds` under constant influences: it nears its balance as an exponential does. */
export function temperatureAfter(celsius: number, { outside, watts, windowOpen }: Influences, seconds: number): number {
  const loss = room.wattsPerKelvin + (windowOpen ? room.windowWattsPerKelvin : 0);
  const balance = outside + watts / loss;
  return balance + (celsius - balance) * Math.exp((-loss * seconds) / room.joulesPerKelvin);
}

/** What the building's own program opens the valve to, in percent: more, the further the room is from its setpoint. */
export function valveFor(error: number, mode: number): number {
  const [heats, cools] = [mode === 2 || mode === 4, mode === 3 || mode === 4];
  const wanted = (heats && error > 0) || (cools && error < 0) ? Math.abs(error) * 40 : 0;
  return Math.round(Math.min(wanted, 100));
}

/** Heat of a coil whose valve is open this far; still air takes a fifth. */
export const coilWatts = (valve: number, fan: boolean): number => (valve / 100) * 1500 * (fan ? 1 : 0.2);
