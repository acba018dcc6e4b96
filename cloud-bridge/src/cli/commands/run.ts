import type { Output } from "@edgetwin/program/command-line";
import { type Bridge, startBridge } from "../../bridge/bridge.ts";
import type { BridgeConfig } from "../../config/config.ts";
import type { Run } from "../command.ts";
import { configOf } from "../config-of.ts";
import { aborted, processLog } from "../foreground.ts";

/** `edgetwin-bridge run`: the bridge in the foreground until SIGINT or SIGTERM. */
export const run: Run = async (invocation) => {
  const { output, env, clock, signal } = invocation;
  const config = await configOf(invocation);
  const log = processLog(config, { env, clock });
  await using bridge = await started(startBridge(config, { clock, log, signal }), signal);
  if (bridge) {
    log.info("bridge runs", bridge.ports);
    introduce(bridge, config, output);
    await aborted(signal);
  }
  log.info("bridge stops");
  return 0;
};

/** The bridge; undefined when it was told to stop while it started, which is no failure. */
async function started(starting: Promise<Bridge>, signal: AbortSignal): Promise<Bridge | undefined> {
  try {
    return await starting;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  }
}

/** What somebody who has just started it wants to know. */
function introduce({ ports, served }: Bridge, { edges, operations, stateDirectory }: BridgeConfig, output: Output) {
  output.line(`${output.paint("bold", "edgetwin-bridge")} runs ${served ? "by itself" : "on a cluster"}`);
  output.line(`  Edges    ${edges.host}:${ports.edges}, certificates at port ${ports.certificates}`);
  output.line(`  Metrics  http://${operations.host}:${ports.operations}/metrics`);
  if (served) {
    output.line(`  API      ${served.url}`);
    output.line(`  State    ${stateDirectory}`);
    output.line(`\nIn another terminal, try:\n  export KUBECONFIG=${served.kubeconfig}\n  kubectl get nodes,devices`);
  }
  output.line("\nTo let a machine join:\n  edgetwin-bridge token create > token");
  output.line(
    `  edgetwin join --server HOST:${ports.edges} --certificates HOST:${ports.certificates} --token-file token`,
  );
}
