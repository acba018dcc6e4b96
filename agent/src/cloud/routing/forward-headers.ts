/** Of one connection (RFC 9110 7.6.1), or said anew by whoever forwards. */
const ownHeaders: ReadonlySet<string> = new Set([
  ...["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding"],
  ...["upgrade", "host", "content-length", "expect"],
]);

type Headers = ReadonlyMap<string, readonly string[]>;

/** Headers of a message that travels on: without those of the connection it came on. */
export const forwarded = (headers: Headers): Record<string, string[]> =>
  Object.fromEntries(
    [...headers].filter(([name]) => !ownHeaders.has(name.toLowerCase())).map(([name, values]) => [name, [...values]]),
  );
