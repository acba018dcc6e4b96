import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { AgentError } from "../errors.ts";
import { type AgentConfig, parseConfig } from "./config.ts";
import { defaultPaths } from "./paths.ts";

/** Read when no file is named. */
export const systemConfigFile = "/etc/edgetwin/config.yaml";

/**
 * Loads the configuration from `file`, or from {@link systemConfigFile} when there is one, else the embedded defaults.
 *
 * @throws AgentError `CONFIG_INVALID` naming file, setting, value and fix.
 */
export async function loadConfig(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<AgentConfig> {
  const paths = defaultPaths(env);
  const path = file ?? (existsSync(systemConfigFile) ? systemConfigFile : undefined);
  if (path === undefined) return parseConfig({}, { where: "defaults", directory: process.cwd(), paths });
  return parseConfig(await readYaml(path), { where: path, directory: dirname(resolve(path)), paths });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file; name another one with --config",
  EISDIR: "it is a directory; name the file in it",
  EACCES: "this user may not read it; make it readable or start as another user",
};

async function readYaml(path: string): Promise<unknown> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const reason = reasons[code] ?? (cause instanceof Error ? cause.message : String(cause));
    throw new AgentError("CONFIG_INVALID", `the configuration file ${path} cannot be read: ${reason}`, { cause });
  }
  const { parse } = await import("yaml");
  try {
    return parse(text);
  } catch (cause) {
    // The lines after the first draw a picture of the place that the first names.
    const reason = (cause instanceof Error ? cause.message : String(cause)).split("\n")[0]?.replace(/:$/, "");
    throw new AgentError("CONFIG_INVALID", `${path} is not YAML: ${reason}`, { cause });
  }
}
