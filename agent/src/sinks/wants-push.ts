import { annotations, type Device } from "@edgetwin/models";

/** Whether any value of the device is to leave the agent through a sink. Cheap: asked for every device at every change. */
export function wantsPush({ metadata, spec }: Device): boolean {
  if (metadata.annotations?.[annotations.push] !== undefined) return true;
  return (spec.properties ?? []).some(({ pushMethod }) => pushMethod && Object.keys(pushMethod).length > 0);
}
