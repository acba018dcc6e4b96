import { gpio } from "@edgetwin/mapper-gpio";
import { defineModel, p, type Value } from "@edgetwin/mapper-sdk";

const lamp = (description: string) => p.oneOf(["OFF", "ON"], { access: "rw", description });

/** Three lamps, as in the first demo; KubeEdge's model of the same name fits it. */
export const trafficLightModel = defineModel(
  "traffic-light",
  { red: lamp("Stop"), yellow: lamp("Prepare to stop"), green: lamp("Go") },
  {
    interlocks: [{ never: { red: "ON", green: "ON" }, because: "nobody would know who may go" }],
    // Amber alone is what drivers know as "the light is out of order".
    failSafe: { red: "OFF", green: "OFF", yellow: "ON" },
  },
);

/**
 * The traffic light on GPIO. Pins come from the manifest's visitors or, in KubeEdge's v1alpha1 form, from the constants
 * `red-pin-number` and so on of the model. Those are wiringPi numbers: the demo's mapper runs `gpio write N` without
 * `-g`. Without either, the lamps are where the demo wired them: wiringPi 25, 24 and 23 (BCM 26, 19 and 13).
 */
export const trafficLight = gpio.bind(trafficLightModel, (constants) => ({
  red: wired(constants["red-pin-number"], 25),
  yellow: wired(constants["yellow-pin-number"], 24),
  green: wired(constants["green-pin-number"], 23),
}));

const wired = (constant: Value | undefined, fallback: number) => ({ pin: `wiringPi ${constant ?? fallback}` });
