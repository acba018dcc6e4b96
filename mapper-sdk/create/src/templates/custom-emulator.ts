import type { Design, DesignedProperty } from "../design.ts";
import { sampleValues } from "../sample-values.ts";
import { inTemplate, keyOf, parser } from "./custom-values.ts";
import { isMoving, movedValue } from "./moving.ts";

/** The emulator: a device made of memory, whose readings move by themselves so that there is something to watch. */
export function customEmulator({ name, constant, properties }: Design): string {
  const model = `${constant}Model`;
  const usesModel = properties.some(({ kind, writable }) => kind === "oneOf" && writable);
  const writable = properties.some((one) => one.writable);
  const moves = properties.filter(isMoving);
  const initial = properties.map((one) => `  ${one.key}: ${sampleValues(one)[0]},`).join("\n");
  const cases = properties.flatMap((one) => [
    `      case "get ${keyOf(one)}":`,
    `        return \`ok \${${inTemplate(one.kind, `device${one.member}`)}}\`;`,
    ...(one.writable ? setCase(one, model) : []),
  ]);
  return `import type { Values } from "@edgetwin/mapper-sdk";
import type { LineAddress } from "@edgetwin/mapper-sdk/lines";
import { type EmulatorContext, ${moves.length > 0 ? "repeat, " : ""}serveLines } from "@edgetwin/mapper-sdk/simulation";
import ${usesModel ? "" : "type "}{ ${model} } from "./${name}.ts";

/** A device made of memory. Keep it, and what it answers, as true to yours as you can. */
const newDevice = (): Values<typeof ${model}> => ({
${initial}
});

/** What the device answers to a line. */
export function emulate(device = newDevice()): (line: string) => string {
  return (line) => {
    const [, command, key${writable ? ', text = ""' : ""}] = /^(\\w+) (\\S+) ?(.*)$/.exec(line) ?? [];
    switch (\`\${command} \${key}\`) {
${cases.join("\n")}
      default:
        return \`error: no such thing as \${line}\`;
    }
  };
}

${moves.length > 0 ? movingEmulator(moves) : stillEmulator}`;
}

const stillEmulator = `/** Serves it over TCP, where the manifest of the example device says; \`npm start\` calls this. */
export const startEmulator = ({ connection }: EmulatorContext<LineAddress>) => serveLines(connection, emulate());
`;

const movingEmulator = (
  moves: readonly DesignedProperty[],
): string => `/** Serves it over TCP, where the manifest of the example device says, and lets it change; \`npm start\` calls this. */
export function startEmulator({ connection, clock }: EmulatorContext<LineAddress>) {
  const device = newDevice();
  let seconds = 0;
  const change = () => {
    seconds++;
${moves.map((one) => `    device${one.member} = ${movedValue(one)};`).join("\n")}
  };
  return serveLines(connection, emulate(device), repeat(clock, 1000, change));
}
`;

const setCase = (property: DesignedProperty, model: string): string[] => [
  `      case "set ${keyOf(property)}":`,
  `        device${property.member} = ${parser(property, { text: "text", model })};`,
  '        return "ok";',
];
