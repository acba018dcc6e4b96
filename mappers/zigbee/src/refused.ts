import { MapperError } from "@edgetwin/mapper-sdk";

/** Statuses by which a device says that a value or an attribute will never do (Zigbee Cluster Library 2.6.3). */
const statuses = {
  unsupportedCommand: 0x81,
  unsupportedAttribute: 0x86,
  invalidValue: 0x87,
  readOnly: 0x88,
  unsupportedCluster: 0xc3,
} as const;

/** The status with which a device refused; undefined when it was something else that failed. */
export function statusOf(error: unknown): number | undefined {
  const { code } = error as { readonly code?: unknown };
  const isStatus = error instanceof Error && /(?:^|\()Status '/.test(error.message);
  return isStatus && typeof code === "number" ? code : undefined;
}

/** What the library says went wrong, without the request that it repeats before. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [, inner = message] = / failed \((.*)\)$/s.exec(message) ?? [];
  return inner;
}

/** Whether the frame did not get to the device: nobody acknowledged it, or the dongle had no room for it. */
export const isUndelivered = (error: unknown): boolean => /Data request failed|BUFFER_FULL/.test(reasonOf(error));

/** Whether the device has no such attribute, cluster or command. */
export function isMissing(error: unknown): boolean {
  const status = statusOf(error);
  return (
    status === statuses.unsupportedAttribute ||
    status === statuses.unsupportedCluster ||
    status === statuses.unsupportedCommand
  );
}

/** What a failed request is to the agent: a device without the attribute needs another configuration, silence another try. */
export function refused(error: unknown, { ieee, what }: { readonly ieee: string; readonly what: string }): MapperError {
  if (error instanceof MapperError) return error;
  const message = reasonOf(error);
  const status = statusOf(error);
  if (status === statuses.invalidValue)
    return new MapperError("VALUE_INVALID", `${ieee} refuses the value for ${what}`, { cause: error });
  if (isMissing(error) || status === statuses.readOnly)
    return new MapperError("CONFIG_INVALID", `${ieee} has no ${what} that could be used so: ${message}`, {
      cause: error,
    });
  if (/TIMEOUT|Timeout|after \d+ ?ms/.test(message))
    return new MapperError("DEVICE_IO", `${ieee} did not answer to ${what} in time`, { cause: error });
  return new MapperError("DEVICE_IO", `${ieee} did not take ${what}: ${message}`, { cause: error });
}
