import { defineMessage } from "../message.ts";
import { anything } from "../shape.ts";

const resource = "k8s/ca.crt";

/** Asks for the certificate of Kubernetes' own authority. */
export const authorityQuery = defineMessage({
  name: "authority query",
  sender: "edge",
  about: "Asks for the certificate of Kubernetes' own authority.",
  matches: ({ header, route }) => route.resource === resource && header.parentId === undefined,
  content: anything,
  value: () => ({}),
  envelope: () => ({ route: { source: "metaserver", group: "resource", operation: "query", resource }, content: null }),
});
