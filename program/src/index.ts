export { createLog, type LogLevel, type LogOptions } from "./log.ts";
export { Histogram } from "./metrics/histogram.ts";
export { type MetricFamily, type MetricSample, metricText, metricTextType } from "./metrics/metric-text.ts";
