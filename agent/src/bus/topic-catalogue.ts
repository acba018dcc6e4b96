import { type DeviceAnswer, type DeviceRequest, deviceTopic } from "./device-topics.ts";

/** One topic of the bus. */
export interface CataloguedTopic {
  /** `{device}` is `name` or `namespace/name`, `{node}` the name of the node. */
  readonly topic: string;
  readonly publishedBy: "client" | "agent";
  readonly purpose: string;
}

const device: Readonly<Record<DeviceRequest | DeviceAnswer, string>> = {
  "twin/update": "Report actual values, set expected ones, announce and withdraw optional twins",
  "twin/update/result": "Answer: what was applied, or `code` and `reason`",
  "twin/update/document": "Each changed twin before and after",
  "twin/update/delta": "Every twin with an expected value, and which of them differ; repeated until none does",
  "twin/get": "Ask for all twins; only `event_id` is read",
  "twin/get/result": "Answer: all twins, or `code` and `reason`",
  "state/update": "Report whether the device answers",
  "state/update/result": "Answer: the state, or `code` and `reason`",
};

const requests: readonly string[] = ["twin/update", "twin/get", "state/update"] satisfies DeviceRequest[];

/** Every topic that the agent reads or writes; docs/reference/mqtt-topics.md shows them, a test compares the two. */
export const topicCatalogue: readonly CataloguedTopic[] = [
  ...Object.entries(device).map(
    ([verb, purpose]): CataloguedTopic => ({
      topic: deviceTopic("{device}", verb as DeviceRequest | DeviceAnswer),
      publishedBy: requests.includes(verb) ? "client" : "agent",
      purpose,
    }),
  ),
  {
    topic: deviceTopic("", "twin/update/result"),
    publishedBy: "agent",
    purpose: "Errors of messages that cannot be read, as in KubeEdge: the device's place is empty",
  },
  { topic: "$hw/events/node/{node}/membership/get", publishedBy: "client", purpose: "Ask for the devices of the node" },
  { topic: "$hw/events/node/{node}/membership/get/result", publishedBy: "agent", purpose: "Answer: the devices" },
  { topic: "$hw/events/node/{node}/membership/updated", publishedBy: "agent", purpose: "A device came or went" },
  {
    topic: "$ke/events/device/{name}/data/update",
    publishedBy: "client",
    purpose: "Time series from a mapper to third parties; the agent passes them on and does not read them",
  },
];
