import { modelDeclaration } from "@edgetwin/models";
import type { Design, DesignedProperty } from "../design.ts";
import { sampleValues } from "../sample-values.ts";
import { customEmulator } from "./custom-emulator.ts";
import { decoder, encoder, keyOf } from "./custom-values.ts";
import type { Template } from "./template.ts";

/** A protocol of the author's own: lines of text over TCP, `get temperature` and `ok 21.5`. */
export const custom: Template = {
  protocol: "custom",
  summary: "a protocol of your own: lines of text over TCP",
  example: ["temperature:float:r:°C", "target:float:rw:°C", "heating:boolean:r"],
  dependencies: {},
  check() {},
  protocolName: ({ name }) => name,
  mapper,
  emulator: customEmulator,
  test,
  connection: ({ name }) => ({ host: "127.0.0.1", port: portOf(name) }),
  visitors: ({ properties }) => Object.fromEntries(properties.map((one) => [one.name, { key: keyOf(one) }])),
  wiring: ({ name, properties }) => {
    const [first] = properties;
    const key = first ? keyOf(first) : "temperature";
    const setting = properties.find(({ writable }) => writable);
    return `The device listens on TCP, at \`host\` and \`port\` of the manifest. It is asked one line at a time:

| line | answer |
|---|---|
| \`get ${key}\` | \`ok\` and the value |
${setting ? `| \`set ${keyOf(setting)} …\` | \`ok\` |\n` : ""}| anything else | a line that does not begin with \`ok\`: the call fails and is tried again |

This is where your device will differ: change \`ask\`, \`get\` and \`set\` in \`src/${name}.ts\`, and the emulator with them.
While \`npm start\` runs, talk to the emulator yourself: \`nc 127.0.0.1 ${portOf(name)}\`.`;
  },
};

/** A port for the example device that differs from mapper to mapper (IANA leaves 49152 to 65535 to everybody). */
function portOf(name: string): number {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + letter.charCodeAt(0)) % 16_384;
  return 49_152 + hash;
}

const setter = `const set = async (call: Call, value: string) => void (await ask(call, \`set \${call.visitor.key} \${value}\`));
`;

function mapper({ name, constant, model, properties }: Design): string {
  const writes = properties.some(({ writable }) => writable);
  const handlers = properties.map((property) => handler(property, `${constant}Model`)).join("\n");
  return `import { type CallContext, defineMapper, defineModel, f, fields, p } from "@edgetwin/mapper-sdk";
import { type ConnectLines, connectLines, type Lines } from "@edgetwin/mapper-sdk/lines";

/** What the device is: its properties, their types, and who may change them. */
${modelDeclaration(model, `${constant}Model`, { comments: false })}
type Call = CallContext<Lines, { readonly key: string }>;

/** One line out, one line in: \`get ${properties[0] ? keyOf(properties[0]) : "level"}\` is answered with \`ok\` and the value. */
async function ask({ session, signal }: Call, question: string): Promise<string> {
  const answer = await session.ask(question, signal);
  if (!/^ok( |$)/.test(answer)) throw new Error(\`\${question} was answered with \${answer}\`);
  return answer.slice("ok ".length);
}
const get = (call: Call) => ask(call, \`get \${call.visitor.key}\`);
${writes ? setter : ""}
/** The mapper over any conversation in lines; its contract test simulates one. */
export const ${constant}Over = (connect: ConnectLines) =>
  defineMapper({
    protocol: "${name}",
    model: ${constant}Model,
    // What the manifest of a device says. It is checked before anything is opened.
    connection: fields({ host: f.string(), port: f.int({ min: 1, max: 65_535 }) }),
    visitor: fields({ key: f.string() }),
    bus: ({ host, port }) => \`\${host}:\${port}\`,
    open: async (context) => context.scope.use(await connect(context.connection, context)),
    properties: {
${handlers}
    },
  });

/** What the agent loads. */
export const ${constant} = ${constant}Over(connectLines);
`;
}

function handler(property: DesignedProperty, model: string): string {
  const read = `read: ${decoder(property, model)}`;
  if (!property.writable) return `      ${property.key}: { ${read} },`;
  const write = `write: (call, value) => set(call, ${encoder(property.kind, "value")}),`;
  return `      ${property.key}: {\n        ${read},\n        ${write}\n      },`;
}

function test(design: Design): string {
  const { name, constant, properties } = design;
  const [first] = properties;
  const writes = properties.filter(({ writable }) => writable);
  const visitors = properties.map((one) => `${one.key}: { key: ${JSON.stringify(keyOf(one))} }`).join(", ");
  const values = writes.map((one) => `${one.key}: [${sampleValues(one).join(", ")}]`).join(", ");
  const [setting] = writes;
  const round = setting
    ? `  await device.write(${JSON.stringify(setting.name)}, ${sampleValues(setting).at(-1)});
  assert.deepEqual(await device.read(${JSON.stringify(setting.name)}), ${sampleValues(setting).at(-1)});`
    : `  assert.notEqual(await device.read(${JSON.stringify(first?.name)}), undefined);`;
  return `import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock, SimBoard, simulatedLines, testMapperContract } from "@edgetwin/mapper-sdk/testing";
import { emulate, startEmulator } from "./emulator.ts";
import { ${constant}, ${constant}Over } from "./${name}.ts";

const visitors = { ${visitors} };

// What the agent relies on, whatever the device: errors, leaks, hanging hardware, callers that give up, …
testMapperContract(${constant}Over(simulatedLines(emulate)), {
  board: (clock) => new SimBoard({ clock }),
  config: { connection: { host: "${name}", port: 1 }, visitors },
  badConfigs: [
    { visitors },
    { connection: { host: "${name}", port: 70_000 }, visitors },
    { connection: { host: "${name}", port: 1 }, visitors: { ...visitors, ${first?.key}: { kye: "x" } } },
  ],
  writes: {${values === "" ? "" : ` ${values} `}},
});

test("talks to the device over TCP", async () => {
  const world = { board: new SimBoard(), clock: new ManualClock() };
  await using emulator = await startEmulator({ ...world, connection: { host: "127.0.0.1", port: 0 } });
  await using device = await ${constant}.open({ connection: emulator.address, visitors }, world);
${round}
});
`;
}
