import { annotations, type Device } from "@edgetwin/models";

/** Whether any value of the device is to leave the agent through a sink. Cheap: asked for every device at every change. */
export function wantsPush({ metadata, spec }: Device): boolean {
  if (metadata.annotations?.[annotations.push] !== undefined) return true;
  // Anomaly detection is the business of whoever serves the device, not of a sink.
  const leaves = (pushMethod: object) => Object.keys(pushMethod).some((method) => method !== "anomalyDetection");
  return (spec.properties ?? []).some(({ pushMethod }) => pushMethod && leaves(pushMethod));
}
