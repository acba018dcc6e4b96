import { resolve } from "node:path";
import type { BridgeConfig } from "../config/config.ts";
import { loadConfig, type Overrides } from "../config/load-config.ts";
import { BridgeError } from "../errors.ts";
import type { Invocation } from "./command.ts";

/** The configuration that file, environment and options of a command give. Paths of options are of where it was typed. */
export async function configOf({ options, env }: Pick<Invocation, "options" | "env">): Promise<BridgeConfig> {
  return await loadConfig(options.get("config"), env, overridesOf(options));
}

function overridesOf(options: ReadonlyMap<string, string>): Overrides {
  const kubeconfig = options.get("kubeconfig");
  const isCluster = options.has("in-cluster") || kubeconfig !== undefined;
  const state = options.get("state");
  const names = options.get("name")?.split(",");
  const edges = {
    ...given(options, "host", "host"),
    ...port(options, "port", "port"),
    ...port(options, "certificate-port", "certificatePort"),
    ...(names && { names }),
  };
  const sections: Record<string, Readonly<Record<string, unknown>>> = {
    kubernetes: isCluster
      ? { use: "cluster", ...(kubeconfig !== undefined && { kubeconfig: resolve(kubeconfig) }) }
      : {},
    edges,
    api: port(options, "api-port", "port"),
    operations: port(options, "operations-port", "port"),
    log: given(options, "log", "level"),
  };
  const used = Object.entries(sections).filter(([, settings]) => Object.keys(settings).length > 0);
  return { ...Object.fromEntries(used), ...(state !== undefined && { stateDirectory: resolve(state) }) };
}

function given(options: ReadonlyMap<string, string>, option: string, setting: string): Record<string, unknown> {
  const value = options.get(option);
  return value === undefined ? {} : { [setting]: value };
}

function port(options: ReadonlyMap<string, string>, option: string, setting: string): Record<string, unknown> {
  const value = options.get(option);
  if (value === undefined) return {};
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535)
    throw new BridgeError("COMMAND_INVALID", `--${option} must be a port from 0 (any) to 65535, got "${value}"`);
  return { [setting]: Number(value) };
}
