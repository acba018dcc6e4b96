import { createServer } from "node:net";
import type { Finding } from "@edgetwin/mapper-sdk";
import type { ReadinessReport } from "../../api/readiness.ts";
import type { SinkJson } from "../../api/routes/sinks.ts";
import { AgentError } from "../../errors.ts";
import type { MapperStatus } from "../../mappers/mapper-status.ts";
import type { AgentClient } from "../client.ts";

interface AgentJson {
  readonly node: string;
  readonly version: string;
}

/** Whether an agent runs and how it is. */
export async function agentFindings(client: AgentClient): Promise<readonly Finding[]> {
  const check = "agent";
  try {
    const { node, version } = await client.request<AgentJson>("/api/v1");
    const running: Finding = { check, state: "ok", message: `version ${version} runs as node ${node}` };
    const found = [await readinessFindings(client), await mapperFindings(client), await sinkFindings(client)];
    return [running, ...found.flat()];
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    // No agent is no fault: the doctor is often called because none starts.
    const state = error.code === "AGENT_UNREACHABLE" && isAbsent(error) ? "warn" : "fail";
    return [{ check, state, message: error.message }];
  }
}

async function readinessFindings(client: AgentClient): Promise<Finding[]> {
  const { checks } = await client.request<ReadinessReport>("/readyz", { accept: [503] });
  return checks.map(({ check, ok, message }) => ({ check: `agent ${check}`, state: ok ? "ok" : "fail", message }));
}

/** Sinks that do not take values. They cost nothing but their own queue, so none of them is a failure of the machine. */
async function sinkFindings(client: AgentClient): Promise<Finding[]> {
  const { items } = await client.request<{ items: readonly SinkJson[] }>("/api/v1/sinks");
  return items.map(({ sink, address, state, reason, queued, devices }) => {
    const check = `sink ${sink}`;
    if (state === "refused") {
      const fix = 'correct the manifest and run "edgetwin apply"';
      return { check, state: "warn", message: `${devices.join(", ")}: ${reason}`, fix };
    }
    if (state !== "waiting") return { check, state: "ok", message: `${address} takes values` };
    const fix = "mend what it says; the values wait and are sent by themselves";
    return { check, state: "warn", message: `${address}: ${reason}; ${queued} values wait`, fix };
  });
}

/** Mappers that do not serve; those that do in one line. */
async function mapperFindings(client: AgentClient): Promise<Finding[]> {
  const { items } = await client.request<{ items: readonly MapperStatus[] }>("/api/v1/mappers");
  const serving = items.filter(({ state }) => state === "serving");
  const check = "mappers";
  const rest = items.flatMap(({ name, home, state, reason = "it is starting", devices }): Finding[] => {
    if (state === "serving") return [];
    const message = `${name}: ${reason}`;
    if (state === "failed")
      return [{ check, state: "fail", message, fix: `correct it, or take ${name} out of "mappers"` }];
    const fix = home === "registered" ? "start it" : "its log says more: edgetwin get mappers -o wide";
    return [{ check, state: devices > 0 ? "fail" : "warn", message, fix }];
  });
  if (serving.length === 0) return rest;
  return [{ check, state: "ok", message: `${serving.map(({ name }) => name).join(", ")} can be used` }, ...rest];
}

const isAbsent = ({ cause }: AgentError): boolean => {
  const { code } = (cause ?? {}) as { code?: string };
  return code === "ENOENT" || code === "ECONNREFUSED";
};

/** A port that the agent wants to listen on. */
export interface WantedPort {
  readonly setting: string;
  readonly host: string;
  readonly port: number;
}

/** Whether an agent could take its ports. With an agent running, the ports are meant to be taken. */
export async function portFindings(ports: readonly WantedPort[], agentRuns: boolean): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { setting, host, port } of ports) {
    const check = setting;
    const problem = await problemWith(host, port);
    if (problem === undefined) {
      findings.push({ check, state: "ok", message: `${host}:${port} is free` });
    } else if (agentRuns && problem === "EADDRINUSE") {
      findings.push({ check, state: "ok", message: `${host}:${port} is in use, as it should be while an agent runs` });
    } else {
      findings.push({ check, state: "fail", message: messages(problem, host, port), fix: fixFor(setting) });
    }
  }
  return findings;
}

const messages = (problem: string, host: string, port: number): string =>
  problem === "EADDRINUSE" ? `another program uses ${host}:${port}` : `${host}:${port} cannot be used: ${problem}`;

const fixFor = (setting: string): string =>
  setting === "bus.port"
    ? 'a mosquitto, most likely: use it with "bus: { broker: external }", or set bus.port'
    : `stop it ("sudo ss -ltnp" says which), or set ${setting}`;

/** The error code of trying to listen there; undefined when it works. */
function problemWith(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: Error & { code?: string }) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}
