import { showValue } from "@edgetwin/mapper-sdk";
import type { CauseJson } from "../api/routes/causes.ts";

const doors: Readonly<Record<string, string>> = {
  mqtt: "over MQTT",
  rest: "over REST",
  command: "with the edgetwin command",
  cloud: "from the cloud",
  manifest: "by a manifest",
  mapper: "through the mapper",
  agent: "as the agent itself",
};

/** One line of the cause log as a sentence: who did what through which door, or how far it got and why. */
export function causeText({ what, by, version, value, reason }: CauseJson): string {
  const who = `${by.actor} (${doors[by.door] ?? by.door})`;
  const which = version === undefined ? "it" : `version ${version}`;
  const beginning = which.charAt(0).toUpperCase() + which.slice(1);
  const because = reason === undefined ? "" : `: ${reason}`;
  switch (what) {
    case "desired":
      return `${who} set it to ${showValue(value)}, ${which}`;
    case "cleared":
      return `${who} withdrew the desired value, ${which}`;
    case "refused":
      return `${who} was refused${because}`;
    case "applying":
      return `${beginning} is being written to the device`;
    case "applied":
      return `${beginning} was written to the device`;
    case "verified":
      return `${beginning} was read back from the device and agrees`;
    case "rejected":
      return `${beginning} was rejected${because}`;
    case "failed":
      return `${beginning} could not be written${because}; the agent tries again`;
    case "called":
      return `${who} called it${reason === undefined || reason === "" ? "" : ` ${reason}`}`;
    case "call-failed":
      return `${who} called it in vain${because}`;
    case "drifted":
      return `The device changed by itself to ${showValue(value)}${because}`;
  }
}
