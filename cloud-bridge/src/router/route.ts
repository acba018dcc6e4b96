import { didYouMean } from "@edgetwin/mapper-sdk";
import { type Cause, invalidValue, missing, required } from "../admission/cause.ts";
import type { ReviewedObject } from "../admission/cluster-view.ts";

/** Where a message comes from and where it goes. */
export type Route = {
  /** `namespace/name` of the rule. */
  readonly rule: string;
  readonly namespace: string;
} & (
  | { readonly kind: "rest to topic"; readonly path: string; readonly topic: string }
  | { readonly kind: "rest to service"; readonly path: string; readonly port: number; readonly servicePath: string }
  | { readonly kind: "topic to rest"; readonly node: string; readonly topic: string; readonly url: string }
  | { readonly kind: "service to rest"; readonly node: string; readonly targetUrl: string; readonly url: string }
);

/** What a rule comes down to, or everything that is wrong with it. */
export type ReadRule = { readonly route: Route } | { readonly causes: readonly Cause[] };

/** Finds the endpoints of a namespace. */
export interface Endpoints {
  endpoint(namespace: string, name: string): ReviewedObject | undefined;
  endpointNames(namespace: string): readonly string[];
}

type Texts = Readonly<Record<string, unknown>>;
type Type = "rest" | "eventbus" | "servicebus";
interface End {
  readonly type: Type;
  readonly properties: Texts;
  readonly resource: Texts;
  readonly at: string;
}

/** The pairs that KubeEdge routes between. */
const pairs = ["rest to eventbus", "rest to servicebus", "eventbus to rest", "servicebus to rest"];

/** Reads a Rule with the endpoints that it names. */
export function readRule(rule: ReviewedObject, endpoints: Endpoints): ReadRule {
  const causes: Cause[] = [];
  const { namespace = "", name = "" } = rule.metadata ?? {};
  const [source, target] = (["source", "target"] as const).map((side) =>
    endOf(rule, { side, namespace, endpoints, causes }),
  );
  if (!source || !target) return { causes };
  const pair = `${source.type} to ${target.type}`;
  if (!pairs.includes(pair)) {
    const why = `messages do not go from ${pair}; they go from ${pairs.join(", from ")}`;
    return { causes: [{ reason: "FieldValueForbidden", field: "spec.target", message: `Forbidden: ${why}` }] };
  }
  const read = new Fields(causes);
  const common = { rule: `${namespace}/${name}`, namespace };
  const route = ((): Route => {
    switch (pair) {
      case "rest to eventbus":
        return { ...common, kind: "rest to topic", path: read.path(source), topic: read.topic(target, false) };
      case "rest to servicebus":
        return {
          ...{ ...common, kind: "rest to service", path: read.path(source) },
          ...{ port: read.port(target), servicePath: read.path(target) },
        };
      case "eventbus to rest":
        return {
          ...{ ...common, kind: "topic to rest", node: read.node(source) },
          ...{ topic: read.topic(source, true), url: read.url(target, "resource") },
        };
      default:
        return {
          ...{ ...common, kind: "service to rest", node: read.node(source) },
          ...{ targetUrl: read.url(source, "target_url"), url: read.url(target, "resource") },
        };
    }
  })();
  return causes.length > 0 ? { causes } : { route };
}

function endOf(
  { spec }: ReviewedObject,
  {
    side,
    namespace,
    endpoints,
    causes,
  }: { side: "source" | "target"; namespace: string; endpoints: Endpoints; causes: Cause[] },
): End | undefined {
  const given = textsOf(spec);
  const name = given[side];
  const field = `spec.${side}`;
  if (typeof name !== "string" || name === "") {
    causes.push(required(field, "write the name of a RuleEndpoint of this namespace"));
    return undefined;
  }
  const endpoint = endpoints.endpoint(namespace, name);
  if (!endpoint) {
    const hint = didYouMean(name, endpoints.endpointNames(namespace)) || "; create it first";
    causes.push(missing(field, name, `there is no RuleEndpoint "${name}" in namespace "${namespace}"${hint}`));
    return undefined;
  }
  const { ruleEndpointType, properties } = textsOf(endpoint.spec);
  const at = `${field}Resource`;
  return {
    type: ruleEndpointType as Type,
    properties: textsOf(properties),
    resource: textsOf(given[`${side}Resource`]),
    at,
  };
}

const textsOf = (value: unknown): Texts =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Texts) : {};

/** Reads the settings of ends, collecting what is wrong. */
class Fields {
  readonly #causes: Cause[];

  constructor(causes: Cause[]) {
    this.#causes = causes;
  }

  path(end: End): string {
    const path = this.#text(end, "path", 'the path, e.g. "/lamp"');
    if (path !== "" && (!path.startsWith("/") || /[?#\s]/.test(path))) {
      this.#wrong(end, "path", path, "expected a path that begins with / and has no ?, # or space");
    }
    return path.replace(/(?<=.)\/+$/, "");
  }

  topic(end: End, wildcards: boolean): string {
    const topic = this.#text(end, "topic", 'the MQTT topic, e.g. "lamps/red"');
    if (topic.startsWith("$")) this.#wrong(end, "topic", topic, "topics that begin with $ belong to the edge itself");
    if (Buffer.byteLength(topic) > 1024 || topic.includes("\0")) {
      this.#wrong(end, "topic", topic.slice(0, 40), "expected a topic of at most 1024 bytes, without NUL");
    }
    if (!wildcards && /[+#]/.test(topic)) this.#wrong(end, "topic", topic, "a topic to publish to has no + or #");
    const isFilter = topic.split("/").every((level, index, all) => {
      if (level === "#") return index === all.length - 1;
      return level === "+" || !/[+#]/.test(level);
    });
    if (wildcards && !isFilter)
      this.#wrong(end, "topic", topic, "+ stands for a whole level, and # for all at the end");
    return topic;
  }

  node(end: End): string {
    return this.#text(end, "node_name", "the node that the messages come from");
  }

  url(end: End, key: string): string {
    const text = this.#text(end, key, 'a URL, e.g. "http://collector.default:8080/in"');
    if (text === "") return text;
    try {
      const { protocol } = new URL(text);
      if (protocol === "http:" || protocol === "https:") return text;
    } catch {
      // Told below.
    }
    this.#wrong(end, key, text, "expected a URL that begins with http:// or https://");
    return text;
  }

  port({ properties, at }: End): number {
    const { service_port: given } = properties;
    const port = Number(given);
    if (given !== undefined && Number.isInteger(port) && port > 0 && port < 65_536) return port;
    const field = at.replace(/Resource$/, "");
    this.#causes.push(
      given === undefined
        ? required(field, 'its RuleEndpoint has no properties.service_port, e.g. "8080"')
        : invalidValue(field, given, "its RuleEndpoint has a properties.service_port that is no port from 1 to 65535"),
    );
    return 0;
  }

  #text({ resource, at }: End, key: string, what: string): string {
    const text = resource[key];
    if (typeof text === "string" && text !== "") return text;
    this.#causes.push(required(`${at}.${key}`, `write ${what}`));
    return "";
  }

  #wrong({ at }: End, key: string, value: string, why: string): void {
    this.#causes.push(invalidValue(`${at}.${key}`, value, why));
  }
}
