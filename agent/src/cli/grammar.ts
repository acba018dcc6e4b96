import { AgentError } from "../errors.ts";
import type { Grammar } from "./command.ts";
import { commands, globalOptions } from "./commands.ts";
import { exitCodeMeanings } from "./exit-codes.ts";

/** What a command line of `edgetwin` may say. */
export const grammar: Grammar = {
  program: "edgetwin",
  about: "twins of devices on this edge machine",
  commands,
  globals: globalOptions,
  exitCodes: exitCodeMeanings,
  problem: (message) => new AgentError("REQUEST_INVALID", message),
};
