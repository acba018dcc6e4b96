import { type BrokerServer, serveBroker, simulatedBroker } from "@edgetwin/mapper-mqtt/testing";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { EmulatedPurifier } from "../src/emulated-purifier.ts";

export const serial = "NN2-EU-KKA0717A";
export const password = "hash";

/** A purifier in whose room nothing is left to chance; its time passes when it is told to, apart from that of the mapper. */
export class StillPurifier extends EmulatedPurifier {
  readonly clock: ManualClock;

  constructor(clock = new ManualClock()) {
    super({ serial, password }, clock, () => 0.5);
    this.clock = clock;
  }
}

/** A way to purifiers that are made of memory, one for each board, and the one that was made last. */
export function simulatedPurifiers() {
  const made: StillPurifier[] = [];
  const openStream = simulatedBroker(() => {
    const purifier = new StillPurifier();
    made.push(purifier);
    return purifier.broker;
  });
  return { openStream, newest: () => made.at(-1) as StillPurifier };
}

/** A purifier behind a real socket. */
export async function servePurifier(port = 0): Promise<{ purifier: StillPurifier; server: BrokerServer }> {
  const purifier = new StillPurifier();
  return { purifier, server: await serveBroker(purifier.broker, { port }) };
}
