import { readFileSync } from "node:fs";
import { kubeconfigPath } from "../../bridge/api-access.ts";
import { BridgeError } from "../../errors.ts";
import type { Run } from "../command.ts";
import { configOf } from "../config-of.ts";

/** `edgetwin-bridge kubeconfig`: where the kubeconfig is, or what is in it. */
export const run: Run = async (invocation) => {
  const { options, output } = invocation;
  const config = await configOf(invocation);
  if (config.kubernetes.use === "cluster")
    throw new BridgeError("COMMAND_INVALID", "a cluster has a kubeconfig of its own; this one is of standalone mode");
  const path = kubeconfigPath(config);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === "ENOENT" ? "no bridge ever ran there" : String(cause);
    throw new BridgeError("UNREACHABLE", `there is no ${path}: ${why}; start the bridge, or name --state`, { cause });
  }
  if (options.has("raw")) output.raw(text);
  else output.line(path);
  return 0;
};
