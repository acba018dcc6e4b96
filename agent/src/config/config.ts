import { hostname } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
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
import { AgentError } from "../errors.ts";
import { type CredentialSettings, credentialSettings, resolveCredentials } from "./credential-settings.ts";
import { type ExtensionSettings, parseExtensions } from "./extension-settings.ts";
import { type MapperSettings, parseMappers } from "./mapper-settings.ts";
import type { Paths } from "./paths.ts";
import { preferredIsolation } from "./preferred-isolation.ts";
import { parseSize } from "./size.ts";

const textList = f.custom("a list of texts", (raw) =>
  Array.isArray(raw) && raw.every((entry) => typeof entry === "string" && entry !== "") ? (raw as string[]) : undefined,
);
/** Checked by {@link parseMappers} or {@link parseExtensions}. */
const anything = f.custom<unknown>("anything", (raw) => raw ?? undefined);
/** As in a `Host` header, without scheme and port: whoever writes `pi.local:7480` would wonder why it does not match. */
const hostNames = f.custom('a list of host names like "pi.local", without scheme and port', (raw) =>
  Array.isArray(raw) && raw.every((entry) => typeof entry === "string" && /^[\w.-]+$/.test(entry))
    ? (raw as string[])
    : undefined,
);
const duration = f.custom('a duration like "500ms", "2s" or "1min"', parseDuration);
const port = f.int({ min: 0, max: 65_535 });
const ports = f.custom("a list of ports from 1 to 65535, like [8080]", (raw) =>
  Array.isArray(raw) && raw.every((entry) => Number.isInteger(entry) && entry > 0 && entry < 65_536)
    ? (raw as readonly number[])
    : undefined,
);

/** Less than this would begin a new file with every few lines. */
const leastCaptureBytes = 256 * 2 ** 10;
const captureSize = f.custom('a size of at least 256KiB, like "16MiB"', (raw) => {
  const bytes = parseSize(raw);
  return bytes !== undefined && bytes >= leastCaptureBytes ? bytes : undefined;
});

/** What `dmi.socket` is when mappers of other processes are not wanted. */
const off = "off";

/** The sections of the configuration file. docs/reference/configuration.md explains each setting; a test compares the two. */
export const sections = {
  board: {
    /** Package of the board. */
    package: f.withDefault(f.string(), "@edgetwin/board-rpi4"),
    /** `auto`: the real board where there is one, else the simulated one. */
    use: f.withDefault(f.oneOf(["auto", "real", "simulated"]), "auto"),
    /** How GPIO is reached on a real board. */
    backend: f.withDefault(f.oneOf(["auto", "gpiochip", "sysfs", "pigpio"]), "auto"),
    /** File that everything which passes through the board is written to. */
    record: f.optional(f.string()),
    /** What that file and the one before it may take together. */
    recordLimit: f.withDefault(captureSize, 16 * 2 ** 20),
    /** Chips that give the board more lines or ports. Checked by {@link parseExtensions}. */
    extensions: f.withDefault(anything, []),
  },
  bus: {
    /** `embedded`: a broker of our own; `external`: one that runs already; `off`: none. */
    broker: f.withDefault(f.oneOf(["embedded", "external", "off"]), "embedded"),
    host: f.withDefault(f.string(), "127.0.0.1"),
    port: f.withDefault(port, 1883),
    /** A second port of the embedded broker; KubeEdge's led-raspberrypi mapper expects 1884. */
    secondPort: f.optional(port),
    /** Of the external broker, e.g. `mqtt://127.0.0.1:1883`. */
    url: f.withDefault(f.string(), "mqtt://127.0.0.1:1883"),
    username: f.optional(f.string()),
    /** A file with mode 0600 that holds the password. */
    passwordFile: f.optional(f.string()),
  },
  api: {
    host: f.withDefault(f.string(), "127.0.0.1"),
    /** 0 switches the TCP listener off; the Unix socket stays. */
    port: f.withDefault(port, 7480),
    /** Names under which TCP clients may reach the agent, besides `localhost` and plain addresses. */
    hosts: f.withDefault(hostNames, []),
    /** `anyone` who reaches the listener may read, or only who has the `token`. */
    read: f.withDefault(f.oneOf(["anyone", "token"]), "anyone"),
    /** Default: `token` in the state directory, made at the first start. */
    tokenFile: f.optional(f.string()),
  },
  dmi: {
    /** The Unix socket on which mappers of other processes register themselves, or `off`; default beside the agent's own. */
    socket: f.optional(f.string()),
    /** A second path of it, where mappers of KubeEdge look for it: `/etc/kubeedge/dmi.sock`. */
    kubeedgeSocket: f.optional(f.string()),
    /** Also speak the version of KubeEdge 1.12 to 1.14. */
    v1alpha1: f.withDefault(f.boolean(), true),
  },
  store: {
    /** How long reported values may wait for the card. Desired values never wait. */
    flush: f.withDefault(duration, 1000),
    /** Lines of the cause log kept for each property. */
    causesPerProperty: f.withDefault(f.int({ min: 1, max: 10_000 }), 32),
  },
  history: {
    /** Whether the past of reported values is kept, for charts. */
    enabled: f.withDefault(f.boolean(), true),
    /** How often what is complete is written. */
    flush: f.withDefault(duration, 900_000),
    maxBytes: f.withDefault(f.int({ min: 262_144, max: 1_073_741_824 }), 33_554_432),
    dailyBytes: f.withDefault(f.int({ min: 65_536, max: 10_737_418_240 }), 16_777_216),
  },
  sinks: {
    /** Packages or paths that export sinks of your own. */
    packages: f.withDefault(textList, []),
    /** How much may wait on the card for each target before the oldest is dropped. */
    queueBytes: f.withDefault(f.int({ min: 65_536, max: 1_073_741_824 }), 8_388_608),
    /** How long a target may take for one batch. */
    timeout: f.withDefault(duration, 10_000),
  },
  cloud: {
    /** Values that change more often than this are reported to the cloud once. */
    report: f.withDefault(duration, 1000),
    /** Whether this machine shows up as a Node in the cloud. */
    node: f.withDefault(f.boolean(), true),
    /** Ports of HTTP services on this machine that Rules of the cloud may call. */
    services: f.withDefault(ports, []),
    /** Where programs on this machine call URLs of the cloud that Rules allow; KubeEdge's is 9060. Off without it. */
    callPort: f.optional(port),
  },
  homeAssistant: {
    /** The broker that Home Assistant uses; without one, nothing is shown there. */
    url: f.optional(f.string()),
    /** Name of a credential for it. */
    credential: f.optional(f.string()),
    /** First level of its discovery topics. */
    prefix: f.withDefault(f.string(), "homeassistant"),
  },
  sparkplug: {
    /** The broker of the SCADA system; without one, the agent is no edge node there. */
    url: f.optional(f.string()),
    /** Name of a credential for it. */
    credential: f.optional(f.string()),
    group: f.withDefault(f.string(), "edgetwin"),
    /** The host application that must be there before anything is said. */
    primaryHost: f.optional(f.string()),
  },
  log: {
    level: f.withDefault(f.oneOf(["debug", "info", "warn", "error"]), "info"),
    /** `auto`: text on a terminal, JSON lines elsewhere. */
    format: f.withDefault(f.oneOf(["auto", "text", "json"]), "auto"),
  },
};

/** Settings outside the sections. */
export const topLevel = {
  /** Name of this node; default the host's name. */
  node: f.optional(f.string()),
  stateDirectory: f.optional(f.string()),
  socket: f.optional(f.string()),
  /** Packages or paths (relative to the configuration file) of the mappers to load. */
  mappers: f.withDefault(anything, ["@edgetwin/mapper-gpio"]),
  /** Files or directories of manifests that are applied at every start. */
  manifests: f.withDefault(textList, []),
  /** Secrets of brokers, databases and services by name; manifests only name them. */
  credentials: f.withDefault(credentialSettings, {}),
  /** Where deviceProfile.json is written for KubeEdge mappers; default in the state directory. */
  deviceProfile: f.optional(f.string()),
};

/** Where mappers of other processes find the agent. */
export interface DmiSettings {
  /** Absolute path; undefined when it is switched off. */
  readonly socket: string | undefined;
  readonly kubeedgeSocket: string | undefined;
  readonly v1alpha1: boolean;
}

type Sections = { [K in keyof typeof sections]: Output<ReturnType<typeof fields<(typeof sections)[K]>>> };

/** A complete, checked configuration. Every path is absolute. */
export interface AgentConfig extends Omit<Sections, "dmi" | "board"> {
  readonly board: Omit<Sections["board"], "extensions"> & { readonly extensions: readonly ExtensionSettings[] };
  readonly dmi: DmiSettings;
  readonly node: string;
  readonly stateDirectory: string;
  readonly socket: string;
  readonly mappers: readonly MapperSettings[];
  readonly manifests: readonly string[];
  readonly credentials: Readonly<Record<string, CredentialSettings>>;
  readonly deviceProfile: string;
  readonly tokenFile: string;
  /** Names of packages are resolved from here: the directory of the configuration file. */
  readonly directory: string;
}

/**
 * Checks a parsed configuration file and fills in the defaults.
 *
 * @param where the file's name, for messages.
 * @throws AgentError `CONFIG_INVALID` with one line for everything that is wrong.
 */
export function parseConfig(
  raw: unknown,
  { where, directory, paths }: { where: string; directory: string; paths: Paths },
): AgentConfig {
  const problems: string[] = [];
  const collect = <T>(check: () => T): T | undefined => {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof MapperError)) throw error;
      problems.push(...error.message.split("\n"));
      return undefined;
    }
  };
  const attempt = <S extends Schema>(schema: S, value: unknown, place: string): Output<S> | undefined =>
    collect(() => parse(schema, value, place));
  if (raw !== null && raw !== undefined && (typeof raw !== "object" || Array.isArray(raw))) {
    throw new AgentError(
      "CONFIG_INVALID",
      `${where}: expected settings like "node: raspberrypi", got ${JSON.stringify(raw)}`,
    );
  }
  const given = (raw ?? {}) as Record<string, unknown>;
  const known = [...Object.keys(topLevel), ...Object.keys(sections)];
  for (const name of Object.keys(given).filter((candidate) => !known.includes(candidate))) {
    problems.push(`${name}: is not a setting here${didYouMean(name, known)}`);
  }
  const pick = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, given[name] ?? undefined]));
  const parsed = Object.fromEntries(
    Object.entries(sections).map(([name, shape]) => [
      name,
      attempt(fields(shape) as Schema, given[name] ?? undefined, name),
    ]),
  ) as unknown as Sections;
  const top = attempt(fields(topLevel), pick(Object.keys(topLevel)), "");
  const { port: first, secondPort } = parsed.bus ?? {};
  if (first !== undefined && first === secondPort && first !== 0) {
    problems.push(`bus.secondPort: ${secondPort} is bus.port already; choose another one or leave it out`);
  }
  // Without a socket for it, nothing can run in a process of its own unless somebody insists.
  const isolationOf = (name: string) => (parsed.dmi?.socket === off ? "inline" : preferredIsolation(name, directory));
  const mappers = collect(() => parseMappers(top?.mappers ?? [], isolationOf)) ?? [];
  const extensions = collect(() => parseExtensions(parsed.board?.extensions ?? [])) ?? [];
  const isolated = mappers.find(({ isolation }) => isolation === "process");
  if (isolated && parsed.dmi?.socket === off) {
    problems.push(`dmi.socket: is off, but the mapper ${isolated.name} runs in a process of its own and needs it`);
  }
  if (problems.length > 0 || top === undefined) {
    throw new AgentError("CONFIG_INVALID", problems.map((line) => `${where}: ${line.replace(/^\./, "")}`).join("\n"));
  }
  const at = (path: string) => (isAbsolute(path) ? path : join(directory, path));
  const stateDirectory = top.stateDirectory === undefined ? paths.stateDirectory : at(top.stateDirectory);
  const socket = top.stateDirectory === undefined ? paths.socket : join(stateDirectory, "edgetwin.sock");
  const atSocket = top.socket === undefined ? socket : at(top.socket);
  const { dmi } = parsed;
  const { passwordFile } = parsed.bus;
  return {
    ...parsed,
    board: {
      ...parsed.board,
      ...(parsed.board.record !== undefined && { record: at(parsed.board.record) }),
      extensions,
    },
    bus: { ...parsed.bus, ...(passwordFile !== undefined && { passwordFile: at(passwordFile) }) },
    credentials: resolveCredentials(top.credentials, directory),
    node: top.node ?? hostname(),
    stateDirectory,
    socket: atSocket,
    mappers,
    dmi: {
      socket: dmi.socket === off ? undefined : at(dmi.socket ?? join(dirname(atSocket), "dmi.sock")),
      kubeedgeSocket: dmi.kubeedgeSocket === undefined ? undefined : at(dmi.kubeedgeSocket),
      v1alpha1: dmi.v1alpha1,
    },
    manifests: top.manifests.map(at),
    deviceProfile: at(top.deviceProfile ?? join(stateDirectory, "deviceProfile.json")),
    tokenFile: at(parsed.api.tokenFile ?? join(stateDirectory, "token")),
    directory,
  };
}
