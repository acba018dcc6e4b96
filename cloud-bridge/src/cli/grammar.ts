import { BridgeError } from "../errors.ts";
import type { Grammar } from "./command.ts";
import { commands, globalOptions } from "./commands.ts";
import { exitCodeMeanings } from "./exit-codes.ts";

/** What a command line of `edgetwin-bridge` may say. */
export const grammar: Grammar = {
  program: "edgetwin-bridge",
  about: "the cloud side of Edgetwin: devices of Kubernetes for the edges",
  commands,
  globals: globalOptions,
  exitCodes: exitCodeMeanings,
  problem: (message) => new BridgeError("COMMAND_INVALID", message),
};
