import { isAbsolute, join } from "node:path";
import { type Field, f, fields, MapperError, parse } from "@edgetwin/mapper-sdk";

/** Where one secret comes from. */
export interface CredentialSettings {
  readonly username?: string;
  /** A file with mode 0600 that holds the password or token. */
  readonly file?: string;
  /** An environment variable of the agent that holds it. */
  readonly env?: string;
  /** A credential that systemd gave the agent (`LoadCredential=`). */
  readonly systemd?: string;
  /** Files in PEM form: the authority that the far end is checked against, and who we are to it. */
  readonly caFile?: string;
  readonly certificateFile?: string;
  /** With mode 0600, as `file`. */
  readonly keyFile?: string;
  /** The only hosts it is sent to. */
  readonly hosts?: readonly string[];
}

const entry = fields({
  username: f.optional(f.string()),
  file: f.optional(f.string()),
  env: f.optional(f.string()),
  systemd: f.optional(f.string()),
  caFile: f.optional(f.string()),
  certificateFile: f.optional(f.string()),
  keyFile: f.optional(f.string()),
  hosts: f.optional(
    f.custom('a list of hosts like "influx.example:8086"', (raw) =>
      Array.isArray(raw) && raw.length > 0 && raw.every((host) => typeof host === "string" && host !== "")
        ? (raw as string[])
        : undefined,
    ),
  ),
});

const example = "{ influxdb2: { file: influx-token } }";

/** The field `credentials`: settings by name. */
export const credentialSettings: Field<Readonly<Record<string, CredentialSettings>>> = {
  parse(raw) {
    if (typeof raw !== "object" || raw === null || Array.isArray(raw))
      return { message: `expected credentials by name like ${example}` };
    const problems: string[] = [];
    const value = Object.entries(raw).map(([name, given]): [string, CredentialSettings] => {
      try {
        const settings = parse(entry, given, name) as CredentialSettings;
        const sources = [settings.file, settings.env, settings.systemd].filter((source) => source !== undefined);
        if ((settings.certificateFile === undefined) !== (settings.keyFile === undefined))
          problems.push(`${name}: certificateFile and keyFile belong together; give both or none`);
        if (sources.length > 1) problems.push(`${name}: expected one of file, env and systemd, got ${sources.length}`);
        return [name, settings];
      } catch (error) {
        if (!(error instanceof MapperError)) throw error;
        problems.push(error.message);
        return [name, {}];
      }
    });
    return problems.length > 0 ? { message: problems.join("; ") } : { value: Object.fromEntries(value) };
  },
};

/** The same settings with absolute files. */
export function resolveCredentials(
  credentials: Readonly<Record<string, CredentialSettings>>,
  directory: string,
): Readonly<Record<string, CredentialSettings>> {
  const at = (path: string) => (isAbsolute(path) ? path : join(directory, path));
  return Object.fromEntries(
    Object.entries(credentials).map(([name, settings]) => {
      const files = fileSettings.flatMap((key) => (settings[key] === undefined ? [] : [[key, at(settings[key])]]));
      return [name, { ...settings, ...Object.fromEntries(files) }];
    }),
  );
}

const fileSettings = ["file", "caFile", "certificateFile", "keyFile"] as const;
