import type { Option } from "@edgetwin/program/command-line";
import type { Command } from "./command.ts";
import { configOption as config } from "./config-option.ts";
import { mapperCommands } from "./mapper-commands.ts";

/** Options that every command takes. */
export const globalOptions: readonly Option[] = [
  {
    name: "socket",
    value: "PATH",
    description: "Unix socket of the agent; default $EDGETWIN_SOCKET, then the usual places",
    completes: "file",
  },
  { name: "server", value: "URL", description: "talk to an agent over TCP, e.g. http://127.0.0.1:7480" },
  {
    name: "token",
    value: "TOKEN",
    description: "token for --server; default $EDGETWIN_TOKEN, then the agent's token file",
  },
  { name: "help", short: "h", description: "explain the command" },
];

const namespace: Option = {
  name: "namespace",
  short: "n",
  value: "NAMESPACE",
  description: 'namespace of names without one; default "default"',
};
const allNamespaces: Option = { name: "all-namespaces", short: "A", description: "everything, whatever its namespace" };

const outputOption = (...choices: readonly string[]): Option => ({
  name: "output",
  short: "o",
  value: "FORMAT",
  description: `one of ${choices.join(", ")}; default ${choices[0]}`,
  choices,
});

const device = { name: "DEVICE", description: "NAME or NAMESPACE/NAME of a device", completes: "device" } as const;

/** Every subcommand. Help, shell completion and docs/reference/command.md are made from this table. */
export const commands: readonly Command[] = [
  {
    name: "run",
    summary: "run the agent in the foreground",
    arguments: [],
    options: [
      config,
      {
        name: "record",
        value: "FILE",
        description: "write all traffic of the board to FILE, instead of where board.record says",
        completes: "file",
      },
    ],
    examples: ["edgetwin run", "edgetwin run --config ./edgetwin.yaml", "edgetwin run --record ./capture.jsonl"],
    load: () => import("./run.ts"),
  },
  {
    name: "apply",
    summary: "apply manifests of models and devices",
    description: "Checks every document of every file before the first one is applied. Any API version, YAML or JSON.",
    arguments: [],
    options: [
      {
        name: "file",
        short: "f",
        value: "FILE",
        description: "file, directory of .yaml, .yml and .json files, or - for standard input",
        repeats: "\n",
        completes: "file",
      },
      outputOption("text", "json", "yaml", "name"),
    ],
    examples: [
      "edgetwin apply -f traffic-light.yaml",
      "edgetwin apply -f model.yaml -f device.yaml",
      "kubectl get devices,devicemodels -o yaml | edgetwin apply -f -",
    ],
    load: () => import("./commands/apply.ts"),
  },
  {
    name: "get",
    summary: "list devices, models, twins, mappers, sinks or the cloud",
    arguments: [
      {
        name: "KIND",
        description: "what to list",
        choices: ["devices", "models", "twins", "mappers", "sinks", "cloud", "device", "model", "twin", "mapper"],
      },
      { name: "NAME", description: "only this one; of a device, for twins", optional: true, completes: "device" },
    ],
    options: [namespace, allNamespaces, outputOption("table", "wide", "json", "yaml", "name")],
    examples: [
      "edgetwin get devices",
      "edgetwin get twins traffic-light-instance-01 -o wide",
      "edgetwin get device lamp -o yaml",
      "edgetwin get mappers -o wide",
      "edgetwin get sinks",
      "edgetwin get cloud",
    ],
    load: () => import("./commands/get.ts"),
  },
  {
    name: "describe",
    summary: "show everything about one device or model",
    arguments: [
      { name: "KIND", description: "what to show", choices: ["device", "model"] },
      { name: "NAME", description: "NAME or NAMESPACE/NAME", completes: "device" },
    ],
    options: [namespace],
    examples: ["edgetwin describe device traffic-light-instance-01"],
    load: () => import("./commands/describe.ts"),
  },
  {
    name: "set",
    summary: "change desired values of a device",
    description: "All values are taken, or none. PROPERTY- (with a minus) withdraws the desired value.",
    arguments: [
      device,
      {
        name: "PROPERTY=VALUE",
        description: "desired value, e.g. red=ON; red- withdraws it",
        many: true,
        completes: "property",
      },
    ],
    options: [
      namespace,
      {
        name: "wait",
        value: "PHASE",
        implied: "verified",
        choices: ["verified", "applied"],
        description: "return when the device has the values: verified (read back; the default) or applied (written)",
      },
      { name: "timeout", value: "DURATION", description: "give up waiting after this long; default 10s" },
      {
        name: "if-version",
        value: "N",
        description: "change only while the property is at this version (one PROPERTY=VALUE)",
      },
      outputOption("text", "json", "yaml"),
    ],
    examples: [
      "edgetwin set traffic-light-instance-01 red=ON green=OFF --wait",
      "edgetwin set lamp brightness=30 --if-version 4",
    ],
    load: () => import("./commands/set.ts"),
  },
  {
    name: "call",
    summary: "have a device do something: call one of its methods",
    description: 'Returns when it is done. "edgetwin describe device DEVICE" lists the methods.',
    arguments: [
      device,
      { name: "METHOD", description: "name of the method", completes: "method" },
      {
        name: "NAME=VALUE",
        description: "input of the method, e.g. register=1",
        optional: true,
        many: true,
        completes: "input",
      },
    ],
    options: [
      namespace,
      { name: "timeout", value: "DURATION", description: "give it up after this long; default 10s" },
      outputOption("text", "json", "yaml"),
    ],
    examples: ["edgetwin call meter-01 reset register=1", "edgetwin call door open --timeout 30s -o json"],
    load: () => import("./commands/call.ts"),
  },
  {
    name: "watch",
    summary: "print changes as they happen, until Ctrl-C",
    arguments: [{ ...device, optional: true }],
    options: [namespace, outputOption("text", "json")],
    examples: ["edgetwin watch", "edgetwin watch traffic-light-instance-01 -o json"],
    load: () => import("./commands/watch.ts"),
  },
  {
    name: "discover",
    summary: "look for devices that could be added",
    description:
      "Without PROTOCOL it lists what can be looked for, and with which options. What it prints with -o yaml can be applied.",
    arguments: [
      { name: "PROTOCOL", description: "what to look for, e.g. gpio", optional: true, completes: "protocol" },
      {
        name: "NAME=VALUE",
        description: "option, e.g. pins=GPIO17,GPIO27",
        optional: true,
        many: true,
        completes: "option",
      },
    ],
    options: [
      { ...namespace, description: 'namespace of what it proposes; default "default"' },
      { name: "for", value: "DURATION", description: "look for at most this long; default 10s" },
      outputOption("table", "yaml", "json"),
    ],
    examples: [
      "edgetwin discover",
      "edgetwin discover gpio",
      "edgetwin discover gpio pins=GPIO17,GPIO27 as=output -o yaml | edgetwin apply -f -",
    ],
    load: () => import("./commands/discover.ts"),
  },
  {
    name: "why",
    summary: "tell how a property got its value: who, when, through which door, with which result",
    description: "Of a method it tells who called it, and what came of it.",
    arguments: [
      device,
      { name: "PROPERTY", description: "name of the property, or of a method", completes: "property" },
    ],
    options: [namespace, outputOption("text", "json", "yaml")],
    examples: ["edgetwin why traffic-light-instance-01 red"],
    load: () => import("./commands/why.ts"),
  },
  {
    name: "delete",
    summary: "delete a device or a model",
    description: "A device is driven to its fail-safe values first. A model that devices use stays.",
    arguments: [
      { name: "KIND", description: "what to delete", choices: ["device", "model"] },
      { name: "NAME", description: "NAME or NAMESPACE/NAME", completes: "device" },
    ],
    options: [namespace],
    examples: ["edgetwin delete device traffic-light-instance-01"],
    load: () => import("./commands/delete.ts"),
  },
  {
    name: "join",
    summary: "make this machine a node of a cloud",
    description:
      "Gets a certificate for this node from KubeEdge's CloudCore or Edgetwin's bridge and keeps it in the state directory.",
    arguments: [],
    options: [
      { name: "server", value: "HOST:PORT", description: "where nodes connect; port 10000 when left out" },
      {
        name: "token",
        value: "TOKEN",
        description:
          "the cloud's join token, or - for standard input; default $EDGETWIN_JOIN_TOKEN. Prefer --token-file",
      },
      {
        name: "token-file",
        value: "FILE",
        description: "file that holds the token, or - for standard input",
        completes: "file",
      },
      { name: "node", value: "NAME", description: "name of this node in the cloud; default the configured one" },
      {
        name: "certificates",
        value: "HOST:PORT",
        description: "where certificates are signed; default port 10002 of the server",
      },
      config,
    ],
    examples: [
      "edgetwin join --server cloud.example:10000 --token-file ./token",
      "keadm gettoken | edgetwin join --server 192.0.2.7:10000 --token -",
    ],
    load: () => import("./commands/join.ts"),
  },
  {
    name: "leave",
    summary: "forget the cloud that this node joined",
    description: "Removes certificate and key. Devices, twins and everything local stay.",
    arguments: [],
    options: [config],
    examples: ["edgetwin leave"],
    load: () => import("./commands/leave.ts"),
  },
  {
    name: "doctor",
    summary: "check this machine: configuration, disk, sockets, ports, board",
    description: "Works without a running agent. Exit code 1 when something must be fixed.",
    arguments: [],
    options: [config, outputOption("text", "json")],
    examples: ["edgetwin doctor"],
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "config check",
    summary: "check a configuration file",
    arguments: [
      {
        name: "FILE",
        description: "default /etc/edgetwin/config.yaml when there is one",
        optional: true,
        completes: "file",
      },
    ],
    options: [outputOption("text", "json", "yaml")],
    examples: ["edgetwin config check ./edgetwin.yaml"],
    load: () => import("./commands/config-check.ts"),
  },
  {
    name: "model types",
    summary: "turn manifests of models into TypeScript",
    description:
      "Prints or writes a module with a defineModel constant for each model. Any API version. Needs no running agent.",
    arguments: [{ name: "FILE", description: "manifest with models, YAML or JSON", many: true, completes: "file" }],
    options: [
      {
        name: "out",
        value: "PATH",
        description: "a file that ends in .ts for all models, else a directory for one module per FILE",
        completes: "file",
      },
      { name: "check", description: "write nothing; exit code 1 when a module of --out is missing or out of date" },
    ],
    examples: [
      "edgetwin model types meter.yaml --out src/meter-model.ts",
      "edgetwin model types manifests/*.yaml --out src/models --check",
    ],
    load: () => import("./commands/model-types.ts"),
  },
  {
    name: "model yaml",
    summary: "turn models declared in TypeScript into manifests",
    description:
      "Prints the DeviceModel of every model and mapper that a compiled module exports. Needs no running agent.",
    arguments: [
      {
        name: "MODULE",
        description: "file or package, with #NAME for a single export: dist/meter.js#meterModel",
        completes: "file",
      },
    ],
    options: [
      {
        name: "check",
        value: "FILE",
        description: "print nothing; exit code 1 when the models in this manifest differ, with every difference",
        completes: "file",
      },
    ],
    examples: [
      "edgetwin model yaml dist/meter.js > manifests/meter-model.yaml",
      "edgetwin model yaml dist/meter.js#meterModel --check manifests/meter.yaml",
    ],
    load: () => import("./commands/model-yaml.ts"),
  },
  ...mapperCommands,
  {
    name: "completion",
    summary: "print a shell completion script",
    arguments: [{ name: "SHELL", description: "the shell to complete in", choices: ["bash", "zsh", "fish"] }],
    options: [],
    examples: [
      "source <(edgetwin completion bash)",
      "edgetwin completion fish > ~/.config/fish/completions/edgetwin.fish",
    ],
    load: () => import("./commands/completion.ts"),
  },
  {
    name: "version",
    summary: "print the version of the command and of the agent",
    arguments: [],
    options: [outputOption("text", "json")],
    examples: ["edgetwin version"],
    load: () => import("./commands/version.ts"),
  },
  {
    name: "help",
    summary: "explain the commands",
    arguments: [{ name: "COMMAND", description: "only this one", optional: true, many: true }],
    options: [],
    examples: ["edgetwin help", "edgetwin help set"],
    load: () => import("./commands/help.ts"),
  },
];
