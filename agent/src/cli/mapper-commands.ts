import type { Command } from "./command.ts";
import { configOption as config } from "./config-option.ts";

/** Making, trying and running mappers. */
export const mapperCommands: readonly Command[] = [
  {
    name: "mapper run",
    summary: "run one mapper package as a process of its own",
    description:
      "It registers at an agent, or at KubeEdge's EdgeCore, and again whenever that is started anew. Devices are driven by whom it registered at.",
    arguments: [{ name: "PACKAGE", description: "package or path of the mapper", completes: "file" }],
    options: [
      {
        name: "manager",
        value: "PATH",
        description:
          "socket where it registers; default dmi.sock beside the agent's socket, then /etc/kubeedge/dmi.sock",
        completes: "file",
      },
      {
        name: "listen",
        value: "PATH",
        description: "its own socket; default NAME.sock beside the other one",
        completes: "file",
      },
      { name: "name", value: "NAME", description: "what it is called; default from PACKAGE" },
      {
        name: "log",
        value: "LEVEL",
        choices: ["debug", "info", "warn", "error"],
        description: "what it logs; default info",
      },
      config,
    ],
    examples: [
      "edgetwin mapper run ./my-mapper.js --log debug",
      "edgetwin mapper run @me/my-mapper --manager /etc/kubeedge/dmi.sock",
    ],
    load: () => import("./commands/mapper-run.ts"),
  },
  {
    name: "mapper new",
    summary: "make a typed, tested mapper in a folder of its own",
    description: "Asks for what is not given, on a terminal. The same as npm create edgetwin-mapper.",
    arguments: [{ name: "NAME", description: "of the folder and the package", optional: true }],
    options: [
      { name: "protocol", value: "P", description: "what the device speaks: custom, gpio, i2c or modbus" },
      {
        name: "property",
        value: "SPEC",
        description: "NAME:TYPE:ACCESS, e.g. temperature:float:r or mode:OFF/ON:rw",
        repeats: ",",
      },
      {
        name: "model",
        value: "FILE",
        description: "take the properties from a DeviceModel; FILE#MODEL chooses one of several",
        completes: "file",
      },
      { name: "yes", short: "y", description: "take defaults instead of asking" },
    ],
    examples: [
      "edgetwin mapper new greenhouse",
      "edgetwin mapper new porch --protocol gpio --property lamp:OFF/ON:rw --property button:boolean:r",
      "edgetwin mapper new meter --protocol custom --model meter.yaml",
    ],
    load: () => import("./commands/mapper-new.ts"),
  },
  {
    name: "mapper try",
    summary: "run a mapper on an agent of its own, beside its emulator, and print values as they change",
    arguments: [],
    options: [
      {
        name: "config",
        short: "c",
        value: "FILE",
        description: "configuration of the agent; default edgetwin.yaml",
        completes: "file",
      },
      {
        name: "emulator",
        value: "MODULE",
        description: "compiled module that exports startEmulator; started for every device of the manifests",
        completes: "file",
      },
    ],
    examples: ["edgetwin mapper try --emulator dist/emulator.js"],
    load: () => import("./commands/mapper-try.ts"),
  },
];
