import { type Fields, fieldsOf, objectsOf, sameJson, textOf } from "./json.ts";

/** The broker that KubeEdge's mappers spoke to before v1beta1. */
const localBroker = "tcp://127.0.0.1:1883";

/** The documented default of v1alpha2 `dataTopic`, where `+` stands for the device. */
const defaultTopic = (device: unknown) => `$ke/events/device/${String(device)}/data/update`;

/** `pushMethod` by property for what v1alpha2 sent past edgecore as time series. */
export function dataToV1beta1(data: unknown, device: unknown): Map<string, Fields> {
  const { dataProperties, dataTopic } = fieldsOf(data);
  const pushMethod = pushTo(textOf(dataTopic) ?? defaultTopic(device));
  return new Map(
    objectsOf(dataProperties).flatMap(({ propertyName }) =>
      typeof propertyName === "string" ? [[propertyName, pushMethod]] : [],
    ),
  );
}

const pushTo = (topic: string) => ({ mqtt: { address: localBroker, topic } });

/** v1alpha2 `data` of the properties that are pushed to the local broker, all to the topic of the first of them. */
export function dataFromV1beta1(properties: readonly Fields[], device: unknown): Fields | undefined {
  const topicOf = ({ pushMethod }: Fields) => textOf(fieldsOf(fieldsOf(pushMethod).mqtt).topic);
  const isLocal = (property: Fields) => sameJson(property.pushMethod, pushTo(topicOf(property) ?? ""));
  const dataTopic = properties
    .filter(isLocal)
    .map(topicOf)
    .find((topic) => topic !== undefined);
  if (dataTopic === undefined) return undefined;
  const dataProperties = properties
    .filter((property) => isLocal(property) && topicOf(property) === dataTopic)
    .map(({ name }) => ({ propertyName: name }));
  return { dataProperties, ...(dataTopic !== defaultTopic(device) && { dataTopic }) };
}
