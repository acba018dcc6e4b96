import { manifestOf } from "@edgetwin/models";
import { stringify } from "yaml";
import type { Design } from "../design.ts";
import type { Template } from "../templates/template.ts";

/** `edgetwin.yaml`: an agent of its own, beside any other on the machine. */
export const agentConfig = ({
  name,
}: Design): string => `# The agent of "npm start", for trying the mapper beside its emulator. It is no neighbour of an agent that runs already:
# its state and its socket are in .edgetwin here, and it opens no port.
stateDirectory: .edgetwin
mappers: ["./dist/${name}.js"]
manifests: [manifests]
board: { use: simulated }
bus: { broker: "off" }
api: { port: 0 }
log: { level: warn }
`;

/** How often the example device is read. */
const collectCycleMs = 1000;

/** Name of the example device. */
export const deviceName = ({ name }: Design): string => `${name}-01`;

/** `manifests/NAME.yaml`: the model as the device API says it, and an example device. */
export function manifests(design: Design, template: Template): string {
  const protocol = template.protocolName(design);
  const model = manifestOf(design.model, { protocol });
  const connection = template.connection(design);
  const visitors = template.visitors(design);
  const device = {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "Device",
    metadata: { name: deviceName(design) },
    spec: {
      deviceModelRef: { name: design.model.name },
      protocol: { protocolName: protocol, ...(connection && { configData: connection }) },
      properties: design.properties.map(({ name }) => ({
        name,
        collectCycle: collectCycleMs,
        ...(Object.hasOwn(visitors, name) && { visitors: { protocolName: protocol, configData: visitors[name] } }),
      })),
    },
  };
  const yaml = (value: unknown) => stringify(value, { lineWidth: 0 });
  return `# The model in src/${design.name}.ts as a manifest; "npm test" compares the two.
${yaml(model)}---
# One device of that model. collectCycle: read every so many milliseconds.
${yaml(device)}`;
}
