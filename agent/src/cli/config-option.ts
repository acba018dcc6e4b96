import type { Option } from "@edgetwin/program/command-line";

/** The configuration file of an agent. */
export const configOption: Option = {
  name: "config",
  short: "c",
  value: "FILE",
  description: "configuration file; default /etc/edgetwin/config.yaml when there is one",
  completes: "file",
};
