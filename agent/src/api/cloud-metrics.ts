import type { MetricFamily } from "@edgetwin/program";
import type { CloudStatus } from "../cloud/cloud-status.ts";

/** Figures about the connection to the cloud; none while this node has joined none. */
export function cloudMetrics(status: CloudStatus, now: number): readonly MetricFamily[] {
  if (status.state === "none") return [];
  const family = (type: MetricFamily["type"], name: string, help: string, value: number): MetricFamily => ({
    ...{ name: `edgetwin_cloud_${name}`, type, help, samples: [{ value }] },
  });
  const { state, connects, reportsConfirmed, devicesWaiting, refusedObjects, certificateExpiresAt } = status;
  return [
    family("gauge", "up", "1 while the cloud is connected and answers.", state === "online" ? 1 : 0),
    family("counter", "connects_total", "Connections that were opened.", connects),
    family("counter", "reports_confirmed_total", "Reports that the cloud confirmed.", reportsConfirmed),
    family("gauge", "devices_waiting", "Devices with values that the cloud has not confirmed.", devicesWaiting),
    family("gauge", "refused_objects", "Objects of the cloud that do not fit as they are.", refusedObjects),
    family(
      "gauge",
      "certificate_seconds_left",
      "Until the certificate of this node expires.",
      certificateExpiresAt === undefined ? 0 : (certificateExpiresAt - now) / 1000,
    ),
  ];
}
