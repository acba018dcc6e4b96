import { type Finding, silentLog } from "@edgetwin/mapper-sdk";
import { printStructured, table } from "@edgetwin/program/command-line";
import { explainBoard } from "../../board.ts";
import type { AgentConfig } from "../../config/config.ts";
import { loadConfig } from "../../config/load-config.ts";
import { AgentError } from "../../errors.ts";
import { resolverFrom } from "../../registry/resolve-package.ts";
import type { Invocation } from "../command.ts";
import { agentFindings, portFindings } from "../doctor/agent-checks.ts";
import { diskFindings } from "../doctor/disk-checks.ts";
import { type Check, doctor } from "../doctor/doctor.ts";
import { machineFindings } from "../doctor/machine-checks.ts";

/** `edgetwin doctor`: checks this machine, with or without a running agent. Exit code 1 when something failed. */
export async function run(invocation: Invocation): Promise<number> {
  const { options, output } = invocation;
  const { findings: first, config } = await configFindings(invocation);
  const findings = [...first, ...(await doctor(checksFor(config, invocation)))];
  if (options.get("output") === "json") await printStructured(output, "json", { findings });
  else printFindings(findings, invocation);
  return findings.some(({ state }) => state === "fail") ? 1 : 0;
}

async function configFindings({ options, env }: Invocation) {
  const check = "configuration";
  const file = options.get("config");
  try {
    const config = await loadConfig(file, env);
    const message = file === undefined ? "the system's, or the defaults" : file;
    return { config, findings: [{ check, state: "ok", message } satisfies Finding] };
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    const fix = 'correct it and run "edgetwin config check"; what follows looks at the defaults';
    const findings: Finding[] = [{ check, state: "fail", message: error.message, fix }];
    return { config: await loadDefaults(env), findings };
  }
}

/** With a directory of no meaning, so that no system file is read. */
async function loadDefaults(env: Invocation["env"]): Promise<AgentConfig> {
  const [{ parseConfig }, { defaultPaths }] = await Promise.all([
    import("../../config/config.ts"),
    import("../../config/paths.ts"),
  ]);
  return parseConfig({}, { where: "defaults", directory: process.cwd(), paths: defaultPaths(env) });
}

function checksFor(config: AgentConfig, { clock, connect }: Invocation): Check[] {
  const client = connect();
  let agentRuns = false;
  const wanted = [
    ...(config.bus.broker === "embedded"
      ? [{ setting: "bus.port", host: config.bus.host, port: config.bus.port }]
      : []),
    ...(config.api.port > 0 ? [{ setting: "api.port", host: config.api.host, port: config.api.port }] : []),
  ];
  const resolve = resolverFrom(config.directory);
  return [
    () => Promise.resolve(machineFindings({ nodeVersion: process.version, arch: process.arch }, clock)),
    () => diskFindings(config.stateDirectory),
    async () => {
      const findings = await agentFindings(client);
      agentRuns = findings[0]?.state === "ok";
      return findings;
    },
    () => portFindings(wanted, agentRuns),
    async () => boardFindings(config.board.use, await explainBoard(config.board, { resolve, clock, log: silentLog })),
  ];
}

/** A machine without pins is no fault where the agent then simulates them. */
function boardFindings(use: AgentConfig["board"]["use"], findings: readonly Finding[]): readonly Finding[] {
  const check = "board";
  if (use === "simulated") return [{ check, state: "ok", message: "simulated, as configured" }];
  const missing = findings.find((finding) => finding.check === check && finding.state === "fail");
  if (use === "real" || !missing) return findings;
  const fix = "nothing to fix on a development machine; board.use: real makes it a failure";
  return [{ check, state: "warn", message: `the simulated board is used: ${missing.message}`, fix }];
}

const marks = { ok: ["green", "ok"], warn: ["yellow", "warn"], fail: ["red", "FAIL"] } as const;

function printFindings(findings: readonly Finding[], { output }: Invocation): void {
  const rows = findings.flatMap(({ check, state, message, fix }) => {
    const [colour, word] = marks[state];
    const [first = "", ...more] = message.split("\n");
    const below = [...more, ...(fix === undefined ? [] : [`fix: ${fix}`])];
    return [[output.paint(colour, word), check, first], ...below.map((line) => ["", "", line])];
  });
  for (const line of table(["", "CHECK", "FINDING"], rows)) output.line(line);
}
