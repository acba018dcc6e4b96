import { readFileSync } from "node:fs";
import type { Bench } from "./bench.ts";
import type { Door } from "./door.ts";

/** `manifests/crossing.yaml`: what every bench is wired like. */
export const manifests = readFileSync(new URL("../../manifests/crossing.yaml", import.meta.url), "utf8");

export const crossing = "hil/crossing";
export const button = "hil/button";

/** The pins of the manifests, as a hand outside finds them. */
export const pins = { stop: "GPIO26", go: "GPIO13", lantern: "GPIO19", button: "GPIO5" } as const;

/** Levels of the three lamps. */
export async function lamps(bench: Bench): Promise<Readonly<Record<"stop" | "go" | "lantern", boolean>>> {
  const [stop, go, lantern] = [
    await bench.readPin(pins.stop),
    await bench.readPin(pins.go),
    await bench.readPin(pins.lantern),
  ];
  return { stop, go, lantern };
}

/** Starts the agent and gives it the crossing and its button. */
export async function startWired(bench: Bench): Promise<Door> {
  await bench.drivePin(pins.button, true);
  const door = await bench.start();
  await door.apply(manifests);
  return door;
}
