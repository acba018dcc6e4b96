import { ReferenceContent } from "../controllers/reference-content.ts";
import { Informer } from "../kubernetes/informer.ts";
import type { OpenPart } from "./bridge-part.ts";

/** Secrets and ConfigMaps, to the nodes whose devices name them. Namespaces in which none does are not looked into. */
export const referenceDelivery: OpenPart = async ({ client, devices, models, clock, log, random }) => {
  const content = new ReferenceContent({
    ...{ client, devices, models },
    follow(type, namespace) {
      const stop = new AbortController();
      const informer = new Informer({ client, type, selection: { namespace }, indexes: {}, clock, log, random });
      const running = informer.run(stop.signal);
      return {
        cache: informer.cache,
        subscribe: (listener) => informer.subscribe(listener),
        async stop() {
          stop.abort();
          await running;
        },
      };
    },
  });
  return {
    name: "reference delivery",
    content,
    request: (node, request) => content.request(node, request),
    [Symbol.asyncDispose]: () => content[Symbol.asyncDispose](),
  };
};
