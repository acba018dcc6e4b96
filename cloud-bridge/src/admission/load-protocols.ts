import type { Log, Protocol } from "@edgetwin/mapper-sdk";
import type { Protocols } from "./review-settings.ts";

/** Packages whose protocols are checked by default, as far as they are installed. */
export const defaultProtocolPackages: readonly string[] = [
  "@edgetwin/mapper-gpio",
  "@edgetwin/mapper-i2c",
  "@edgetwin/mapper-modbus",
];

/** Loads the protocols of these packages. One that is not installed or does not load costs only its checks. */
export async function loadProtocols(packages: readonly string[], log: Log): Promise<Protocols> {
  const loaded = await Promise.all(
    packages.map(async (name) => {
      try {
        return Object.values((await import(name)) as Readonly<Record<string, unknown>>).filter(isProtocol);
      } catch (error) {
        const isAbsent = error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
        if (isAbsent) log.info("settings of devices are not checked: the mapper is not installed", { package: name });
        else log.warn("settings of devices are not checked: the mapper does not load", { package: name, error });
        return [];
      }
    }),
  );
  return new Map(loaded.flat().map((protocol) => [protocol.protocol, protocol]));
}

function isProtocol(part: unknown): part is Protocol {
  if (typeof part !== "object" || part === null) return false;
  const { kind, protocol, serve } = part as Readonly<Record<string, unknown>>;
  return kind === "protocol" && typeof protocol === "string" && typeof serve === "function";
}
