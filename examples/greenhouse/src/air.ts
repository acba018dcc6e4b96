/** Air as a sensor sees it: degrees Celsius and percent of relative humidity. */
export interface Air {
  readonly temperature: number;
  readonly humidity: number;
}

/** What acts on the air under the glass. */
export interface Influences {
  readonly outside: Air;
  /** Heat from the sun and from what is switched on. */
  readonly watts: number;
  /** Water that is sprayed, beside what the plants give off. */
  readonly gramsPerSecond: number;
  /** Speed of the fan, 0 to 1. */
  readonly fan: number;
}

/** A house of 2 by 3 metres under glass, with its pots. */
const house = {
  volumeM3: 14,
  /** Of air, pots and the upper soil. */
  joulesPerKelvin: 60_000,
  /** Through the glass. */
  wattsPerKelvin: 40,
  leakM3PerSecond: 0.004,
  fanM3PerSecond: 0.09,
  plantGramsPerSecond: 0.01,
} as const;

/** Of air: density times specific heat. */
const joulesPerM3Kelvin = 1200;

/** Vapour that air of this temperature holds at most, in grams per cubic metre: the Magnus formula and the gas law. */
const saturation = (celsius: number): number =>
  (216.7 * 6.112 * Math.exp((17.62 * celsius) / (243.12 + celsius))) / (celsius + 273.15);

const vapour = ({ temperature, humidity }: Air): number => (humidity / 100) * saturation(temperature);

/** No step is longer: the fan changes the air within minutes, and a coarser sum would overshoot. */
const longestStepSeconds = 5;

/** The air after `seconds` under constant influences; what the air cannot hold condenses on the glass. */
export function airAfter(air: Air, influences: Influences, seconds: number): Air {
  let now = air;
  for (let left = seconds; left > 0; left -= longestStepSeconds)
    now = step(now, influences, Math.min(left, longestStepSeconds));
  return now;
}

function step(air: Air, { outside, watts, gramsPerSecond, fan }: Influences, seconds: number): Air {
  const exchange = house.leakM3PerSecond + house.fanM3PerSecond * fan;
  const loss = (house.wattsPerKelvin + exchange * joulesPerM3Kelvin) * (air.temperature - outside.temperature);
  const temperature = air.temperature + ((watts - loss) * seconds) / house.joulesPerKelvin;
  const gained = house.plantGramsPerSecond + gramsPerSecond - exchange * (vapour(air) - vapour(outside));
  const grams = vapour(air) + (gained * seconds) / house.volumeM3;
  return { temperature, humidity: Math.min(Math.max((grams / saturation(temperature)) * 100, 0), 100) };
}
