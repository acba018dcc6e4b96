import type { Design } from "../design.ts";
import { sampleValues } from "../sample-values.ts";
import type { Template } from "../templates/template.ts";
import { deviceName } from "./configuration.ts";

/** `README.md` of the new mapper: what to do next, in the order in which one does it. */
export function readme(design: Design, template: Template, hasEmulator: boolean): string {
  const { name, properties } = design;
  const setting = properties.find(({ writable }) => writable);
  const value = setting ? (sampleValues(setting).at(-1) ?? "").replace(/^"|"$|n$/g, "") : "";
  const isPlain = setting && !["bytes"].includes(setting.kind);
  const change = isPlain
    ? `\n\`edgetwin set ${deviceName(design)} ${setting.name}=${value} --wait\` changes a value.`
    : "";
  const emulator = hasEmulator ? "| `src/emulator.ts` | the device made of memory, for tests and `npm start` |\n" : "";
  return `# ${name}

A mapper for Edgetwin: it connects the device to its twin.

\`\`\`sh
npm install
npm test      # types, contract, and whether manifest and model agree; no hardware needed
npm start     # a local agent with the mapper${hasEmulator ? " and the emulator" : ""}; shows values as they change
\`\`\`

| file | what it is |
|---|---|
| \`src/${name}.ts\` | the mapper: the model, and how each property is reached |
${emulator}| \`src/${name}.test.ts\` | the contract with the agent, and tests of your own |
| \`manifests/${name}.yaml\` | the model as a manifest, and an example device |
| \`edgetwin.yaml\` | the agent of \`npm start\` |

## The device

${template.wiring(design)}

## Change the model

Change a property in \`src/${name}.ts\`, then run \`npm test\`: the compiler names every place that has to follow, and at last
the manifest, of which \`npx edgetwin model yaml dist/${name}.js\` prints the new text.

## Use it

On the machine with the device, install the package beside the configuration of its agent, name it there and apply a
manifest with your device:

\`\`\`yaml
mappers: ["${name}"]
\`\`\`

\`edgetwin apply -f manifests/${name}.yaml\` makes the twin, \`edgetwin watch\` shows it.${change}
`;
}
