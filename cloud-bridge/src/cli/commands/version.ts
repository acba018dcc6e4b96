import { version } from "../../version.ts";
import type { Invocation } from "../command.ts";

/** `edgetwin-bridge version`. */
export function run({ output }: Invocation): Promise<undefined> {
  output.line(`edgetwin-bridge ${version}`);
  return Promise.resolve(undefined);
}
