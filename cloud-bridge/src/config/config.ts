import { isAbsolute, join } from "node:path";
import {
  didYouMean,
  f,
  fields,
  MapperError,
  type Output,
  parse,
  parseDuration,
  type Schema,
} from "@edgetwin/mapper-sdk";
import { defaultProtocolPackages } from "../admission/load-protocols.ts";
import { BridgeError } from "../errors.ts";
import { isLoopback } from "../router/loopback.ts";

const port = f.int({ min: 0, max: 65_535 });
const duration = f.custom('a duration like "500ms", "5s" or "24h"', parseDuration);

/** As certificates have them: no scheme, no port. */
const hostNames = f.custom('a list of host names and addresses like "cloud.example", without scheme and port', (raw) =>
  Array.isArray(raw) && raw.every((entry) => typeof entry === "string" && /^[\w.:-]+$/.test(entry))
    ? (raw as string[])
    : undefined,
);

const packageNames = f.custom('a list of packages like ["@edgetwin/mapper-gpio"]', (raw) =>
  Array.isArray(raw) && raw.every((entry) => typeof entry === "string" && entry !== "")
    ? (raw as readonly string[])
    : undefined,
);

/** The sections of the configuration. docs/reference/bridge-configuration.md explains each setting; a test compares the two. */
export const sections = {
  kubernetes: {
    /** `standalone`: an API of our own; `cluster`: the one that the kubeconfig, or the pod's service account, leads to. */
    use: f.withDefault(f.oneOf(["standalone", "cluster"]), "standalone"),
    /** Of the cluster; without it `$KUBECONFIG`, `~/.kube/config` or the service account. */
    kubeconfig: f.optional(f.string()),
    /** Namespace of the bridge's own Secrets. */
    namespace: f.withDefault(f.string(), "kubeedge"),
  },
  /** The Kubernetes API that is served when there is no cluster. */
  api: {
    host: f.withDefault(f.string(), "127.0.0.1"),
    port: f.withDefault(port, 7443),
    /** Names in its certificate besides `localhost` and the loopback addresses. */
    names: f.withDefault(hostNames, []),
  },
  /** Where edges connect. */
  edges: {
    host: f.withDefault(f.string(), "127.0.0.1"),
    port: f.withDefault(port, 10_000),
    certificatePort: f.withDefault(port, 10_002),
    /** Names and addresses under which edges reach the bridge, besides `localhost` and `127.0.0.1`. */
    names: f.withDefault(hostNames, []),
    /** Off, any certificate of the authority may be any node. */
    nodeAuthorization: f.withDefault(f.boolean(), true),
    /** How long a join token is valid. */
    tokenLifetime: f.withDefault(duration, 86_400_000),
    /** How long the certificate of a node is valid; it renews itself. */
    certificateDays: f.withDefault(f.int({ min: 1, max: 36_500 }), 365),
    /** A node whose Lease was not renewed for so long is gone. */
    gone: f.withDefault(duration, 40_000),
  },
  /** Reviews of changes before they are made: always in the API of our own, by a webhook on a cluster. */
  admission: {
    /** Packages of mappers whose settings are checked, as far as they are installed. */
    mappers: f.withDefault(packageNames, defaultProtocolPackages),
    /** Serves the webhook of a cluster. */
    webhook: f.withDefault(f.boolean(), false),
    host: f.withDefault(f.string(), "127.0.0.1"),
    port: f.withDefault(port, 9444),
    /** The Service under which the API server reaches the webhook, in the bridge's own namespace. */
    service: f.withDefault(f.string(), "edgetwin-bridge"),
  },
  /** Messages between cloud and edges by Rules. */
  router: {
    host: f.withDefault(f.string(), "127.0.0.1"),
    /** Of the REST entry, which opens with the first rule that needs it. */
    port: f.withDefault(port, 9443),
    /** How long a service at the edge, or a URL of the cloud, may take to answer. */
    timeout: f.withDefault(duration, 30_000),
    /** A file with the token that callers of the REST entry must show; required beyond the loopback. */
    tokenFile: f.optional(f.string()),
  },
  status: {
    /** At most one patch per device in this time; a desired value that was applied is written at once. */
    every: f.withDefault(duration, 5000),
    /** Requests to the API at a time. */
    concurrency: f.withDefault(f.int({ min: 1, max: 64 }), 16),
  },
  /** `/metrics`, `/healthz` and `/readyz`, without any secret. */
  operations: {
    host: f.withDefault(f.string(), "127.0.0.1"),
    port: f.withDefault(port, 7481),
  },
  log: {
    level: f.withDefault(f.oneOf(["debug", "info", "warn", "error"]), "info"),
    /** `auto`: text on a terminal, JSON lines elsewhere. */
    format: f.withDefault(f.oneOf(["auto", "text", "json"]), "auto"),
  },
};

/** Settings outside the sections. */
export const topLevel = {
  /** Database and credentials of standalone mode. */
  stateDirectory: f.optional(f.string()),
};

type Sections = { [K in keyof typeof sections]: Output<ReturnType<typeof fields<(typeof sections)[K]>>> };

/** A complete, checked configuration. Every path is absolute. */
export interface BridgeConfig extends Sections {
  readonly stateDirectory: string;
}

/** Where a configuration comes from. */
export interface ConfigPlace {
  /** The file's name, for messages. */
  readonly where: string;
  /** What its relative paths are of. */
  readonly directory: string;
  /** Where state is kept when it does not say. */
  readonly stateDirectory: string;
}

/**
 * Checks a parsed configuration and fills in the defaults.
 *
 * @throws BridgeError `CONFIG_INVALID` with one line for everything that is wrong.
 */
export function parseConfig(raw: unknown, { where, directory, stateDirectory }: ConfigPlace): BridgeConfig {
  if (raw !== null && raw !== undefined && (typeof raw !== "object" || Array.isArray(raw))) {
    const message = `${where}: expected settings like "edges: { port: 10000 }", got ${JSON.stringify(raw)}`;
    throw new BridgeError("CONFIG_INVALID", message);
  }
  const problems: string[] = [];
  const attempt = <S extends Schema>(schema: S, value: unknown, place: string): Output<S> | undefined => {
    try {
      return parse(schema, value, place);
    } catch (error) {
      if (!(error instanceof MapperError)) throw error;
      problems.push(...error.message.split("\n"));
      return undefined;
    }
  };
  const given = (raw ?? {}) as Record<string, unknown>;
  const known = [...Object.keys(topLevel), ...Object.keys(sections)];
  for (const name of Object.keys(given).filter((candidate) => !known.includes(candidate)))
    problems.push(`${name}: is not a setting here${didYouMean(name, known)}`);
  const parsed = Object.fromEntries(
    Object.entries(sections).map(([name, shape]) => [
      name,
      attempt(fields(shape) as Schema, given[name] ?? undefined, name),
    ]),
  ) as unknown as Sections;
  const top = attempt(fields(topLevel), { stateDirectory: given.stateDirectory ?? undefined }, "");
  if (parsed.kubernetes?.use === "standalone" && parsed.kubernetes.kubeconfig !== undefined)
    problems.push('kubernetes.kubeconfig: is of a cluster; set kubernetes.use to "cluster", or leave it out');
  if (parsed.router && !isLoopback(parsed.router.host) && parsed.router.tokenFile === undefined)
    problems.push(
      `router.tokenFile: is missing; beyond the loopback (${parsed.router.host}) callers must show a token`,
    );
  if (problems.length > 0 || top === undefined) {
    const text = problems.map((line) => `${where}: ${line.replace(/^\./, "")}`).join("\n");
    throw new BridgeError("CONFIG_INVALID", text);
  }
  const at = (path: string) => (isAbsolute(path) ? path : join(directory, path));
  const { kubernetes, router } = parsed;
  return {
    ...parsed,
    kubernetes: {
      ...kubernetes,
      ...(kubernetes.kubeconfig !== undefined && { kubeconfig: at(kubernetes.kubeconfig) }),
    },
    router: { ...router, ...(router.tokenFile !== undefined && { tokenFile: at(router.tokenFile) }) },
    stateDirectory: top.stateDirectory === undefined ? stateDirectory : at(top.stateDirectory),
  };
}
