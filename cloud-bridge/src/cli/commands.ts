import type { Option } from "@edgetwin/program/command-line";
import type { Command } from "./command.ts";

/** Options that every command takes. */
export const globalOptions: readonly Option[] = [
  {
    name: "config",
    short: "c",
    value: "FILE",
    description: "configuration file; default /etc/edgetwin-bridge/config.yaml when it exists",
    completes: "file",
  },
  {
    name: "state",
    value: "DIRECTORY",
    description: "where standalone mode keeps its database and credentials; default $EDGETWIN_BRIDGE_STATE_DIR",
    completes: "file",
  },
  {
    name: "kubeconfig",
    value: "FILE",
    description: "work on the cluster that this file leads to",
    completes: "file",
  },
  { name: "in-cluster", description: "work on the cluster that $KUBECONFIG or this pod's service account leads to" },
  { name: "help", short: "h", description: "explain the command" },
];

const output: Option = {
  name: "output",
  short: "o",
  value: "FORMAT",
  description: "one of table, json, yaml; default table",
  choices: ["table", "json", "yaml"],
};

/** Every subcommand. Help, shell completion and docs/reference/bridge-command.md are made from this table. */
export const commands: readonly Command[] = [
  {
    name: "run",
    summary: "run the bridge in the foreground",
    description:
      "Without a cluster it serves the Kubernetes API itself, from a database in its state directory. SIGTERM ends it in order: edges are told when to come back.",
    arguments: [],
    options: [
      { name: "host", value: "ADDRESS", description: "where edges connect; default 127.0.0.1" },
      { name: "port", value: "PORT", description: "port of the edges; default 10000" },
      { name: "certificate-port", value: "PORT", description: "port of the certificate service; default 10002" },
      {
        name: "name",
        value: "NAME",
        description: "name or address under which edges reach the bridge",
        repeats: ",",
      },
      { name: "api-port", value: "PORT", description: "port of the Kubernetes API in standalone mode; default 7443" },
      { name: "operations-port", value: "PORT", description: "port of /metrics, /healthz, /readyz; default 7481" },
      {
        name: "log",
        value: "LEVEL",
        description: "one of debug, info, warn, error; default info",
        choices: ["debug", "info", "warn", "error"],
      },
    ],
    examples: [
      "edgetwin-bridge run",
      "edgetwin-bridge run --host 0.0.0.0 --name bridge.example",
      "edgetwin-bridge run --kubeconfig ~/.kube/config",
    ],
    load: () => import("./commands/run.ts"),
  },
  {
    name: "api-server",
    summary: "serve the Kubernetes API alone, for bridges that run elsewhere",
    description:
      "The API of standalone mode without a bridge in it. Bridges use it like a cluster: --kubeconfig with the file that it prints.",
    arguments: [],
    options: [
      { name: "api-port", value: "PORT", description: "port of the Kubernetes API; default 7443" },
      {
        name: "log",
        value: "LEVEL",
        description: "one of debug, info, warn, error; default info",
        choices: ["debug", "info", "warn", "error"],
      },
    ],
    examples: ["edgetwin-bridge api-server --state ./cluster", "edgetwin-bridge run --kubeconfig ./cluster/kubeconfig"],
    load: () => import("./commands/api-server.ts"),
  },
  {
    name: "token create",
    summary: "make a token with which machines join",
    description: "Prints the token alone. Whoever has it can become a node until it expires.",
    arguments: [],
    options: [
      { name: "node", value: "NODE", description: "good for this node only" },
      { name: "lifetime", value: "DURATION", description: "how long it is valid; default 24h" },
    ],
    examples: ["edgetwin-bridge token create > token", "edgetwin-bridge token create --node kitchen --lifetime 1h"],
    load: () => import("./commands/token-create.ts"),
  },
  {
    name: "kubeconfig",
    summary: "print where the kubeconfig of standalone mode is",
    arguments: [],
    options: [{ name: "raw", description: "print the file itself, with its key" }],
    examples: ["export KUBECONFIG=$(edgetwin-bridge kubeconfig)"],
    load: () => import("./commands/kubeconfig.ts"),
  },
  {
    name: "nodes",
    summary: "list the edges: whether they are connected, and what they serve",
    arguments: [{ name: "NODE", description: "only this one", optional: true, completes: "node" }],
    options: [output],
    examples: ["edgetwin-bridge nodes", "edgetwin-bridge nodes kitchen -o json"],
    load: () => import("./commands/nodes.ts"),
  },
  {
    name: "node revoke",
    summary: "take a node's certificate back",
    description: "It is disconnected within a minute and may join again with a new token. Its devices stay.",
    arguments: [{ name: "NODE", description: "whose", completes: "node" }],
    options: [],
    examples: ["edgetwin-bridge node revoke kitchen"],
    load: () => import("./commands/node-revoke.ts"),
  },
  {
    name: "config check",
    summary: "check a configuration and show what it means",
    arguments: [{ name: "FILE", description: "configuration file", optional: true, completes: "file" }],
    options: [
      {
        name: "output",
        short: "o",
        value: "FORMAT",
        description: "one of yaml, json; default yaml",
        choices: ["yaml", "json"],
      },
    ],
    examples: ["edgetwin-bridge config check", "edgetwin-bridge config check ./bridge.yaml"],
    load: () => import("./commands/config-check.ts"),
  },
  {
    name: "completion",
    summary: "print a completion script",
    arguments: [{ name: "SHELL", description: "for which shell", choices: ["bash", "zsh", "fish"] }],
    options: [],
    examples: ["source <(edgetwin-bridge completion bash)"],
    load: () => import("./commands/completion.ts"),
  },
  {
    name: "version",
    summary: "print the version",
    arguments: [],
    options: [],
    examples: ["edgetwin-bridge version"],
    load: () => import("./commands/version.ts"),
  },
  {
    name: "help",
    summary: "explain a command",
    arguments: [{ name: "COMMAND", description: "which", optional: true, many: true }],
    options: [],
    examples: ["edgetwin-bridge help token create"],
    load: () => import("./commands/help.ts"),
  },
];
