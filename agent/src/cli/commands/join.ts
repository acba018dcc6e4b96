import { readFileSync } from "node:fs";
import { cloudHub } from "@edgetwin/cloud-protocol";
import { parseEndpoint } from "../../cloud/endpoint.ts";
import { identityFile, readIdentity, writeIdentity } from "../../cloud/identity-file.ts";
import { join } from "../../cloud/join.ts";
import { loadConfig } from "../../config/load-config.ts";
import { AgentError } from "../../errors.ts";
import type { Invocation } from "../command.ts";
import { usageError } from "../usage-error.ts";

/** `edgetwin join`: gets a certificate that makes this machine a node of a cloud. */
export async function run(invocation: Invocation): Promise<undefined> {
  const { options, output, env, clock, signal } = invocation;
  // The kernel shows every user the words of a command; writing the title writes over them.
  if (options.has("token")) process.title = "edgetwin join";
  const { node: configured, stateDirectory } = await loadConfig(options.get("config"), env);
  const given = options.get("server");
  if (given === undefined) throw usageError("--server is missing: --server HOST:10000", "edgetwin help join");
  const server = parseEndpoint(given, cloudHub.port, "--server");
  const certificates = parseEndpoint(
    options.get("certificates") ?? (server.host.includes(":") ? `[${server.host}]` : server.host),
    cloudHub.certificatePort,
    "--certificates",
  );
  const node = options.get("node") ?? configured;
  const before = readBefore(stateDirectory);
  const identity = await join({ node, server, certificates, token: await tokenOf(invocation) }, { clock, signal });
  writeIdentity(stateDirectory, identity);
  output.line(`node ${node} joined ${given}${before === undefined ? "" : `; it was a node of ${before} before`}`);
  output.note(`Its certificate and key are in ${identityFile(stateDirectory)}. The agent connects by itself.`);
}

async function tokenOf({ options, env, readStdin }: Invocation): Promise<string> {
  const token = options.get("token");
  const file = options.get("token-file");
  if (token !== undefined && file !== undefined) throw usageError("give --token or --token-file, not both", help);
  if (token === "-" || file === "-") return await readStdin();
  if (token !== undefined) return token;
  if (file !== undefined) return readTokenFile(file);
  const fromEnvironment = env.EDGETWIN_JOIN_TOKEN;
  if (fromEnvironment !== undefined && fromEnvironment !== "") return fromEnvironment;
  throw usageError("the token is missing: --token-file FILE, --token TOKEN, - for standard input", help);
}

const help = "edgetwin help join";

function readTokenFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AgentError("REQUEST_INVALID", `the token file ${file} cannot be read: ${reason}`, { cause });
  }
}

/** Where this node belonged; an identity that cannot be read is what joining again mends. */
function readBefore(stateDirectory: string): string | undefined {
  try {
    return readIdentity(stateDirectory)?.server.host;
  } catch (error) {
    if (error instanceof AgentError) return undefined;
    throw error;
  }
}
