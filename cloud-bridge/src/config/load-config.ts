import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { BridgeError } from "../errors.ts";
import { type BridgeConfig, parseConfig } from "./config.ts";
import { defaultStateDirectory } from "./state-directory.ts";

/** Read when no file is named. */
export const systemConfigFile = "/etc/edgetwin-bridge/config.yaml";

/** What the command line says over the file, by section and setting: `{ edges: { port: 0 } }`. */
export type Overrides = Readonly<Record<string, Readonly<Record<string, unknown>> | string>>;

/**
 * The configuration of `file`, or of {@link systemConfigFile} when there is one, else the embedded defaults.
 *
 * @throws BridgeError `CONFIG_INVALID` naming file, setting, value and fix.
 */
export async function loadConfig(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  overrides: Overrides = {},
): Promise<BridgeConfig> {
  const path = file ?? (existsSync(systemConfigFile) ? systemConfigFile : undefined);
  const raw = path === undefined ? {} : await readYaml(path);
  return parseConfig(merged(raw, overrides), {
    where: path ?? "defaults",
    directory: path === undefined ? process.cwd() : dirname(resolve(path)),
    stateDirectory: defaultStateDirectory(env),
  });
}

/** What is no mapping stays as it is: the check names it. */
function merged(raw: unknown, overrides: Overrides): unknown {
  if (Object.keys(overrides).length === 0) return raw;
  if (raw !== null && raw !== undefined && (typeof raw !== "object" || Array.isArray(raw))) return raw;
  const result: Record<string, unknown> = { ...raw };
  for (const [name, value] of Object.entries(overrides))
    result[name] = typeof value === "string" ? value : { ...(result[name] as object | undefined), ...value };
  return result;
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
    const { code = "", message } = cause as NodeJS.ErrnoException;
    throw new BridgeError(
      "CONFIG_INVALID",
      `the configuration file ${path} cannot be read: ${reasons[code] ?? message}`,
      {
        cause,
      },
    );
  }
  const { parse } = await import("yaml");
  try {
    return parse(text);
  } catch (cause) {
    // The lines after the first draw a picture of the place that the first names.
    const reason = (cause as Error).message.split("\n")[0]?.replace(/:$/, "");
    throw new BridgeError("CONFIG_INVALID", `${path} is not YAML: ${reason}`, { cause });
  }
}
