/** Bytes of a consumer name that the kernel keeps: GPIO_MAX_NAME_SIZE of linux/gpio.h, less the closing NUL. */
const maxBytes = 31;

/**
 * `consumer` in at most 31 bytes. What is too long loses its middle, because both ends tell apart:
 * `default/traffic-light-instance-01 red` becomes `default/traffic~instance-01 red`.
 */
export function consumerLabel(consumer = "edgetwin"): string {
  const ascii = consumer.replace(/[^\x20-\x7e]/g, "?");
  if (ascii.length <= maxBytes) return ascii;
  const half = (maxBytes - 1) / 2;
  return `${ascii.slice(0, half)}~${ascii.slice(-half)}`;
}
