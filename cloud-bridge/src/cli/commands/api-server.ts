import { openApi } from "../../bridge/api-access.ts";
import { BridgeError } from "../../errors.ts";
import type { Run } from "../command.ts";
import { configOf } from "../config-of.ts";
import { aborted, processLog } from "../foreground.ts";

/** `edgetwin-bridge api-server`: the Kubernetes API in the foreground until SIGINT or SIGTERM. */
export const run: Run = async (invocation) => {
  const { output, env, clock, signal } = invocation;
  const config = await configOf(invocation);
  if (config.kubernetes.use === "cluster")
    throw new BridgeError(
      "COMMAND_INVALID",
      "a cluster has an API of its own; leave --kubeconfig and --in-cluster out",
    );
  const log = processLog(config, { env, clock });
  await using api = await openApi(config, { clock, log });
  const { url, kubeconfig } = api.served ?? { url: "", kubeconfig: "" };
  log.info("API runs", { url });
  output.line(`KUBECONFIG=${kubeconfig}`);
  await aborted(signal);
  log.info("API stops");
  return 0;
};
