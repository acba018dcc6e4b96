import { readRule } from "../router/route.ts";
import { type Cause, invalidValue, listed, nothing, type Review, required } from "./cause.ts";
import type { ClusterView, ReviewedObject } from "./cluster-view.ts";

/** Reviews a rule as it is to be: with its endpoints and the other rules of its namespace. */
export function reviewRule(object: ReviewedObject, view: ClusterView): Review {
  const read = readRule(object, view);
  if ("causes" in read) return { causes: read.causes, warnings: [] };
  const { route } = read;
  if (!("path" in route)) return nothing;
  const { namespace = "", name } = object.metadata ?? {};
  const twin = view
    .rulesOf(namespace)
    .find((rule) => rule.metadata?.name !== name && pathOf(rule, view) === route.path);
  if (!twin) return nothing;
  const why = `Rule "${twin.metadata?.name}" has this path already; choose another, or delete that one`;
  return { causes: [invalidValue("spec.sourceResource.path", route.path, why)], warnings: [] };
}

function pathOf(rule: ReviewedObject, view: ClusterView): string | undefined {
  const read = readRule(rule, view);
  return "route" in read && "path" in read.route ? read.route.path : undefined;
}

/** Reviews an endpoint: one of a service needs its port. */
export function reviewEndpoint({ spec }: ReviewedObject): Review {
  const { ruleEndpointType, properties } = (spec ?? {}) as Readonly<Record<string, unknown>>;
  if (ruleEndpointType !== "servicebus") return nothing;
  const port = (properties as Readonly<Record<string, unknown>> | undefined)?.service_port;
  // As the source of a rule it needs none: the edge calls a URL of the cloud then.
  if (port === undefined) return nothing;
  const field = "spec.properties.service_port";
  const number = Number(port);
  const isPort = port !== "" && Number.isInteger(number) && number > 0 && number < 65_536;
  const causes: Cause[] = isPort
    ? []
    : [
        port === ""
          ? required(field, 'write the port, e.g. "8080"')
          : invalidValue(field, port, "expected a port from 1 to 65535"),
      ];
  return { causes, warnings: [] };
}

/** An endpoint that rules still use. */
export function reviewEndpointDeletion({ metadata }: ReviewedObject, view: ClusterView): Review {
  const name = metadata?.name;
  const users = view.rulesOf(metadata?.namespace ?? "").filter(({ spec }) => {
    const { source, target } = (spec ?? {}) as { readonly source?: unknown; readonly target?: unknown };
    return source === name || target === name;
  });
  if (users.length === 0) return nothing;
  const rules = listed(users.map((rule) => rule.metadata?.name ?? ""));
  return { causes: [], warnings: [`rules that do not work without RuleEndpoint "${name}": ${rules}`] };
}
