/** Wall-clock milliseconds as RFC 3339 text in UTC with whole seconds, as Kubernetes writes times. */
export const rfc3339 = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
