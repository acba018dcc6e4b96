/** One named figure with all its labelled values. */
export interface MetricFamily {
  /** In base units with the unit in the name, counters end in `_total` (Prometheus naming practice). */
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  /** `_bucket`, `_sum` or `_count` of a histogram. */
  readonly suffix?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The content type of {@link metricText}. */
export const metricTextType = "text/plain; version=0.0.4; charset=utf-8";

/** The families in the Prometheus text exposition format 0.0.4. */
export function metricText(families: readonly MetricFamily[]): string {
  return families
    .map(({ name, type, help, samples }) =>
      [
        `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n`,
        `# TYPE ${name} ${type}\n`,
        ...samples.map(
          (sample) => `${name}${sample.suffix ?? ""}${labelText(sample.labels)} ${number(sample.value)}\n`,
        ),
      ].join(""),
    )
    .join("");
}

function labelText(labels: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

const escapeLabel = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

function number(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}
