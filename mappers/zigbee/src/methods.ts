import { type DeclareMethod, f, fields } from "@edgetwin/mapper-sdk";
import { ieeeField } from "./connection.ts";
import type { ZigbeeDevice } from "./device.ts";
import { refused } from "./refused.ts";
import type { Visitor } from "./visitor.ts";

/** Which cluster of which device shall tell which other one. */
const bindInput = fields({
  cluster: f.string(),
  target: ieeeField,
  endpoint: f.withDefault(f.int({ min: 1, max: 240 }), 1),
  targetEndpoint: f.withDefault(f.int({ min: 1, max: 240 }), 1),
});

/** What every Zigbee device does on demand, whatever its model. */
export const zigbeeMethods = (method: DeclareMethod<ZigbeeDevice, Readonly<Record<string, Visitor>>>) => ({
  identify: method({
    description: "Has the device blink or beep for some seconds, to find it.",
    input: fields({ seconds: f.withDefault(f.int({ min: 1, max: 600 }), 10) }),
    async run({ session }, { seconds }) {
      const endpoint = session.known.endpoints.find((one) => one.supportsInputCluster("genIdentify"));
      await session.attempt("identify", (disableRecovery) => {
        const options = { timeout: session.timeoutMs, disableRecovery, disableDefaultResponse: false };
        if (!endpoint) return Promise.reject(new Error("it has no cluster genIdentify"));
        return endpoint.command("genIdentify", "identify", { identifytime: seconds }, options);
      });
    },
  }),
  interview: method({
    description:
      "Asks the device anew what it is and what it has, after an update of its firmware or a failed interview.",
    run: ({ session }) => session.interview(),
  }),
  configureReporting: method({
    description: "Binds the clusters of the device to the dongle and tells it again when to report.",
    run: ({ session }) => session.configure(),
  }),
  bind: method({
    description:
      "Has a device speak to another one directly, e.g. a switch to a lamp: it works without the dongle then.",
    input: bindInput,
    async run({ session }, { cluster, target, endpoint, targetEndpoint }) {
      const [from, to] = endpointsOf(session, { target, endpoint, targetEndpoint });
      await session.attempt(`a binding of ${cluster}`, () => from.bind(cluster, to));
    },
  }),
  unbind: method({
    description: "Ends what bind began.",
    input: bindInput,
    async run({ session }, { cluster, target, endpoint, targetEndpoint }) {
      const [from, to] = endpointsOf(session, { target, endpoint, targetEndpoint });
      await session.attempt(`the end of a binding of ${cluster}`, () => from.unbind(cluster, to));
    },
  }),
});

interface Ends {
  readonly target: string;
  readonly endpoint: number;
  readonly targetEndpoint: number;
}

function endpointsOf({ known, network, ieee }: ZigbeeDevice, { target, endpoint, targetEndpoint }: Ends) {
  const [from, to] = [known.getEndpoint(endpoint), network.device(target).getEndpoint(targetEndpoint)];
  if (from && to) return [from, to] as const;
  const missing = from ? `${target} has no endpoint ${targetEndpoint}` : `${ieee} has no endpoint ${endpoint}`;
  throw refused(new Error(missing), { ieee, what: "the binding" });
}
