// Which page of the reference explains which public name: by the file that declares it, a single name before its file.
// A file that no page lists is an error, so a new one has to be given its place here.

/** Pages in reading order. `files` are paths below src/; one that ends in a slash is a folder with all inside. */
export const pages = [
  {
    page: "models",
    title: "Models",
    about:
      "What a device is: named, typed, ranged properties, free of any protocol. Declared once; the types of all values follow from it.",
    files: ["model.ts", "property.ts", "value.ts"],
  },
  {
    page: "mappers",
    title: "Mappers",
    about:
      "A mapper opens devices of one model and has a handler for each property. [Write a mapper](../../guides/write-a-mapper.md) builds one.",
    files: ["mapper.ts", "claim.ts"],
  },
  {
    page: "protocols",
    title: "Protocols",
    about:
      "A mapper for any model whose properties live in the same kind of place, driven by visitors alone. [The guide](../../guides/write-a-mapper.md#any-model-one-protocol) shows one.",
    files: ["protocol.ts"],
  },
  {
    page: "devices",
    title: "Opened devices",
    about: "What `open` of a mapper or protocol gives: the device that tests and the agent read, write and watch.",
    files: [],
    names: [
      "Device",
      "DeviceConfig",
      "Environment",
      "CallInput",
      "CallOptions",
      "ManyResults",
      "ReadManyOptions",
      "ReadResult",
    ],
  },
  {
    page: "methods",
    title: "Methods",
    about: "What a device does on demand and is no property, see [the guide](../../guides/write-a-mapper.md#methods).",
    files: ["methods.ts"],
  },
  {
    page: "discover",
    title: "Discover",
    about:
      "How a mapper looks for its devices and proposes manifests, see [the guide](../../guides/write-a-mapper.md#looking-for-devices).",
    files: ["discover.ts"],
  },
  {
    page: "closed-loops",
    title: "Closed loops",
    about: "Another property of the same device as proof that a written value took effect.",
    files: ["closed-loop.ts", "parse-closed-loops.ts"],
  },
  {
    page: "settings",
    title: "Settings",
    about:
      "Schemas of connections, visitors and inputs. Any [Standard Schema](https://standardschema.dev) will do; `fields` is one that costs no memory.",
    files: ["fields.ts", "field-facts.ts", "schema.ts", "complete-config.ts", "did-you-mean.ts", "credential.ts"],
  },
  {
    page: "resources",
    title: "Time, resources and signals",
    about: "What handlers use: an owner of what they acquire, a clock that a test can turn, signals that do not leak.",
    files: ["scope.ts", "clock.ts", "duration.ts", "linked-signal.ts", "feed.ts", "log.ts"],
  },
  {
    page: "boards",
    title: "Boards",
    about: "The hardware as interfaces: GPIO lines, PWM outputs, I2C buses, serial ports.",
    files: ["hal.ts", "hal/", "board-extension.ts"],
  },
  {
    page: "errors",
    title: "Errors of the SDK",
    about: "[Errors](../errors.md#mapper-sdk) explains every code and what to do.",
    files: ["errors.ts"],
  },
  {
    page: "codecs",
    title: "Codecs",
    about: "Bytes of a device to values and back. [Codecs](../codecs.md) explains the settings, with examples.",
    files: ["codec/"],
  },
  {
    page: "lines",
    title: "Lines of text",
    about: "Conversations with devices that answer questions in lines of text over TCP.",
    files: ["lines/"],
  },
  {
    page: "simulation",
    title: "Simulation",
    about: "A board in memory, seen from outside, and what emulators plug into it.",
    files: [
      "testing/sim-",
      "testing/simulated-lines.ts",
      "testing/serve-lines.ts",
      "testing/serial-faults.ts",
      "testing/faults.ts",
      "testing/emulator.ts",
      "testing/repeat.ts",
    ],
  },
  {
    page: "testing",
    title: "Contract tests",
    about:
      "What a mapper or a sink promises the agent, as tests. [The guide](../../guides/write-a-mapper.md#the-contract-test) shows how.",
    files: ["testing/contract", "testing/sink-contract", "testing/manual-clock.ts"],
  },
  {
    page: "captures",
    title: "Captures",
    about:
      "Traffic of a board in a file, and the board that plays it back. [Record and replay](../../guides/record-and-replay.md) is the way in.",
    files: ["capture/", "testing/load-capture.ts", "testing/replay-board.ts"],
  },
  {
    page: "sinks",
    title: "Sinks",
    about: "Where reported values go. [Sinks](../sinks.md) lists those that the agent brings.",
    files: ["sinks/"],
  },
  {
    page: "dmi",
    title: "DMI",
    about:
      "Mappers in processes of their own, for the agent and for EdgeCore of KubeEdge: KubeEdge's device-mapper interface over gRPC on Unix sockets.",
    files: ["dmi/"],
  },
  {
    page: "dmi-v1beta1",
    title: "DMI v1beta1",
    about: "Messages and services of KubeEdge 1.15 and later, in the namespace `v1beta1` of the entry.",
    files: ["dmi/v1beta1/"],
  },
  {
    page: "dmi-v1alpha1",
    title: "DMI v1alpha1",
    about: "Messages and services of KubeEdge before 1.15, in the namespace `v1alpha1` of the entry.",
    files: ["dmi/v1alpha1/"],
  },
];

/** The page that explains a name which `file` (below the package) declares. */
export function pageOf(file, name) {
  const path = file.replace(/^src\//, "");
  const own = pages.find(({ names }) => path === "mapper.ts" && names?.includes(name));
  if (own) return own;
  const fits = pages.flatMap((page) => page.files.filter((one) => path.startsWith(one)).map((one) => ({ page, one })));
  const [best] = fits.toSorted((a, b) => b.one.length - a.one.length);
  if (!best) throw new Error(`${file}: no page of scripts/api/pages.mjs explains ${name}; give the file its place`);
  return best.page;
}
