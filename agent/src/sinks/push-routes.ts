import { didYouMean } from "@edgetwin/mapper-sdk";
import { annotations, type Device } from "@edgetwin/models";

/** One property that goes to one sink, as the manifest says it; nothing is checked yet but its shape. */
export interface PushRoute {
  /** `namespace/name`. */
  readonly device: string;
  readonly property: string;
  /** Name of the sink, e.g. `influxdb2`. */
  readonly sink: string;
  /** What the sink's own schema checks. */
  readonly raw: Readonly<Record<string, unknown>>;
  /** For messages, e.g. `spec.properties[2].pushMethod.http`. */
  readonly where: string;
  readonly cycleMs: number;
  /** Whether values of bad and stale quality go there too. */
  readonly anyQuality: boolean;
  /** Name of a credential of the agent's configuration. */
  readonly credentials?: string;
}

/** What a device wants to have pushed, and what about it makes no sense. */
export interface PushPlan {
  readonly routes: readonly PushRoute[];
  readonly problems: readonly string[];
}

/** KubeEdge's own default for `reportCycle` 0 or absent. */
const defaultCycleMs = 1000;

/** Nobody means less; and ten thousand points a second would be a mistake of units. */
const shortestCycleMs = 10;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Every property and sink of a device: from `pushMethod`, where several may stand side by side, completed by the annotation
 * `edgetwin.io/push`: `{"temperature": {"influxdb2": {"gzip": true}}}`. Under `"*"` stands what every property gets.
 *
 * @param names properties of the model, for `"*"`.
 */
export function pushRoutes(device: Device, names: readonly string[]): PushPlan {
  const problems: string[] = [];
  const extras = extrasOf(device, problems);
  const declared = new Map(
    (device.spec.properties ?? []).map((property, index) => [property.name, { property, index }]),
  );
  for (const name of Object.keys(extras)) {
    if (name !== "*" && !names.includes(name) && names.length > 0) {
      problems.push(`annotation ${annotations.push}: the model has no property "${name}"${didYouMean(name, names)}`);
    }
  }
  const id = `${device.metadata.namespace ?? "default"}/${device.metadata.name}`;
  const routes = [...new Set([...names, ...declared.keys()])].flatMap((name) => {
    const { property, index } = declared.get(name) ?? {};
    const own = sinksOf(property?.pushMethod);
    const more = { ...recordOf(extras["*"]), ...mergedBySink(recordOf(extras["*"]), recordOf(extras[name])) };
    return [...new Set([...Object.keys(own), ...Object.keys(more)])].map((sink): PushRoute => {
      const { credentials, quality, ...raw } = given({ ...own[sink], ...recordOf(more[sink]) });
      const where = own[sink]
        ? `spec.properties[${index}].pushMethod.${databases.has(sink) ? "dbMethod." : ""}${sink}`
        : `annotation ${annotations.push}, ${name}.${sink}`;
      return {
        device: id,
        property: name,
        sink,
        raw,
        where,
        cycleMs: Math.max(shortestCycleMs, property?.reportCycle || defaultCycleMs),
        anyQuality: quality === "any",
        ...(typeof credentials === "string" && { credentials }),
      };
    });
  });
  return { routes, problems };
}

const databases = new Set(["influxdb2", "redis", "TDEngine", "mysql"]);

/** The settings of each sink of a `pushMethod`, KubeEdge's layers laid flat. */
function sinksOf(pushMethod: unknown): Record<string, Fields> {
  const { http, mqtt, otel, dbMethod } = recordOf(pushMethod);
  const { influxdb2, redis, TDEngine, mysql } = recordOf(dbMethod);
  const flat = (layers: unknown) => Object.assign({}, ...Object.values(recordOf(layers)).map(recordOf)) as Fields;
  const all: Record<string, unknown> = {
    http,
    mqtt,
    otel,
    influxdb2: influxdb2 && flat(influxdb2),
    redis: redis && flat(redis),
    TDEngine: TDEngine && flat(TDEngine),
    mysql: mysql && flat(mysql),
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, settings]) => (settings ? [[name, recordOf(settings)]] : [])),
  );
}

function extrasOf({ metadata }: Device, problems: string[]): Fields {
  const text = metadata.annotations?.[annotations.push];
  if (text === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    const fits =
      isRecord(parsed) &&
      Object.values(parsed).every((sinks) => isRecord(sinks) && Object.values(sinks).every(isRecord));
    if (fits) return parsed;
  } catch {
    // Told below, with what was expected.
  }
  problems.push(
    `annotation ${annotations.push} is not JSON like {"temperature":{"influxdb2":{"gzip":true}}}: ${text.slice(0, 80)}`,
  );
  return {};
}

/** KubeEdge's cloud fills in zero values: an empty text says as much as no text. */
const given = (settings: Fields): Fields =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== "" && value !== null));

const mergedBySink = (all: Fields, own: Fields): Fields =>
  Object.fromEntries(
    Object.entries(own).map(([sink, settings]) => [sink, { ...recordOf(all[sink]), ...recordOf(settings) }]),
  );

const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const recordOf = (value: unknown): Fields => (isRecord(value) ? value : {});
