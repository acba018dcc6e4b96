import type { KnownEndpoint } from "./network/library.ts";
import type { Network } from "./network/network.ts";
import type { Place } from "./place.ts";
import { isMissing, statusOf } from "./refused.ts";

/** What setting up reports needs. */
export interface ReportingOptions {
  readonly network: Network;
  readonly ieee: string;
  readonly places: readonly Place[];
  /** Says it again although the device was told before: it may have forgotten. */
  readonly force: boolean;
}

/**
 * Binds the clusters of a device to the dongle and tells the device when to report. What was told before is not told
 * again. Returns the names of properties that the device refuses to report: they have to be polled. Rejects as the
 * library does when the device does not answer.
 */
export async function setUpReports({ network, ieee, places, force }: ReportingOptions): Promise<ReadonlySet<string>> {
  const refusing = new Set<string>();
  for (const place of places) {
    const { report } = place.binding;
    const endpoint = network.device(ieee).getEndpoint(place.endpoint);
    if (!report || !endpoint) continue;
    try {
      await bind(network, endpoint, { cluster: place.cluster, force });
      for (const attribute of place.attributes) await configure(network, { endpoint, place, attribute, force });
    } catch (error) {
      if (!isMissing(error) && statusOf(error) === undefined && !isZdoRefusal(error)) throw error;
      refusing.add(place.binding.name);
    }
  }
  return refusing;
}

/** Its table is full, or it knows no bindings: what it does not bind, it does not report. */
const isZdoRefusal = (error: unknown): boolean =>
  error instanceof Error && /TABLE_FULL|NOT_SUPPORTED|INSUFFICIENT_SPACE/.test(error.message);

interface Bind {
  readonly cluster: string;
  readonly force: boolean;
}

async function bind(network: Network, endpoint: KnownEndpoint, { cluster, force }: Bind): Promise<void> {
  const isBound = endpoint.binds.some(
    ({ cluster: { name }, target }) => name === cluster && target === network.endpoint,
  );
  if (isBound && !force) return;
  await network.request(() => endpoint.bind(cluster, network.endpoint));
}

interface Configure {
  readonly endpoint: KnownEndpoint;
  readonly place: Place;
  readonly attribute: string | number;
  readonly force: boolean;
}

async function configure(network: Network, { endpoint, place, attribute, force }: Configure): Promise<void> {
  const { report, manufacturerCode } = place.binding;
  if (!report) return;
  const wanted = {
    minimumReportInterval: report.min,
    maximumReportInterval: report.max,
    reportableChange: report.change,
  };
  const isTold = endpoint.configuredReportings.some(
    (told) =>
      told.cluster.name === place.cluster &&
      (told.attribute.name === attribute || told.attribute.ID === attribute) &&
      told.minimumReportInterval === wanted.minimumReportInterval &&
      told.maximumReportInterval === wanted.maximumReportInterval &&
      (told.reportableChange === wanted.reportableChange || typeof told.reportableChange !== "number"),
  );
  if (isTold && !force) return;
  const items = [{ attribute: attribute as never, ...wanted }];
  await network.request(() =>
    endpoint.configureReporting(place.cluster, items, manufacturerCode === undefined ? {} : { manufacturerCode }),
  );
}
