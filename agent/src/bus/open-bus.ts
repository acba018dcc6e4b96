import { readFileSync } from "node:fs";
import type { Scope } from "@edgetwin/mapper-sdk";
import type { AgentConfig } from "../config/config.ts";
import type { Core } from "../core.ts";
import { AgentError } from "../errors.ts";
import type { Bus } from "./bus.ts";

/**
 * Opens the configured message bus, owned by `scope`; undefined when it is switched off. Only the library that is used
 * is loaded: each costs about 12 MB.
 */
export async function openBus(
  { bus }: AgentConfig,
  { node, clock, log }: Core,
  scope: Scope,
): Promise<Bus | undefined> {
  if (bus.broker === "off") return undefined;
  if (bus.broker === "embedded") {
    const { openEmbeddedBus } = await import("./embedded.ts");
    const ports = [bus.port, ...(bus.secondPort === undefined ? [] : [bus.secondPort])];
    return scope.use(await openEmbeddedBus({ clock, log, endpoints: ports.map((port) => ({ host: bus.host, port })) }));
  }
  const { openExternalBus } = await import("./external.ts");
  const { url, username, passwordFile } = bus;
  const password = passwordFile === undefined ? undefined : readPassword(passwordFile);
  return scope.use(
    openExternalBus({
      clock,
      log,
      node,
      url,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
    }),
  );
}

function readPassword(file: string): string {
  try {
    const password = readFileSync(file, "utf8").trim();
    if (password !== "") return password;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AgentError("CONFIG_INVALID", `bus.passwordFile: ${file} cannot be read: ${reason}`, { cause });
  }
  throw new AgentError(
    "CONFIG_INVALID",
    `bus.passwordFile: ${file} is empty; write the password into it or leave it out`,
  );
}
