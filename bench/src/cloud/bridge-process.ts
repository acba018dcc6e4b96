import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = new URL("../../../../", import.meta.url);
const bridgeEntry = fileURLToPath(new URL("cloud-bridge/bin/edgetwin-bridge.js", root));
const agentEntry = fileURLToPath(new URL("agent/bin/edgetwin.js", root));

/** A bridge by itself, in a process of its own, as a user runs it. */
export interface BridgeProcess {
  readonly kubeconfig: string;
  /** Has the agent whose state is in `directory` join as node `bench`. */
  join(directory: string): void;
  /** Also when it has stopped already. */
  stop(): Promise<void>;
}

/** Starts a bridge with its state in `directory`, on ports that are free. */
export async function startBridgeProcess(directory: string): Promise<BridgeProcess> {
  const anyPort = ["--port", "--certificate-port", "--api-port", "--operations-port"].flatMap((name) => [name, "0"]);
  const child = spawn(bridgeEntry, ["run", "--state", directory, ...anyPort], { stdio: ["ignore", "ignore", "pipe"] });
  const ports = await portsOf(child);
  child.stderr.resume();
  return {
    kubeconfig: join(directory, "kubeconfig"),
    join(agent) {
      const input = execFileSync(bridgeEntry, ["token", "create", "--state", directory]);
      const where = ["--server", `localhost:${ports.edges}`, "--certificates", `localhost:${ports.certificates}`];
      const env = { ...process.env, EDGETWIN_STATE_DIR: agent };
      const words = ["join", "--node", "bench", ...where, "--token-file", "-"];
      execFileSync(agentEntry, words, { input, env, stdio: ["pipe", "ignore", "ignore"] });
    },
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) return resolve();
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}

async function portsOf(child: ChildProcess): Promise<{ readonly edges: number; readonly certificates: number }> {
  for await (const line of createInterface({ input: child.stderr as NodeJS.ReadableStream })) {
    if (line.includes('"bridge runs"')) return JSON.parse(line) as { edges: number; certificates: number };
  }
  throw new Error("the bridge ended before it ran");
}
