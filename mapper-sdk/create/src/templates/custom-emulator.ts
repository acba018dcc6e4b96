import type { Design, DesignedProperty } from "../design.ts";
import { sampleValues } from "../sample-values.ts";
import { inTemplate, keyOf, parser } from "./custom-values.ts";

/** The emulator: a device made of memory, whose readings move a little so that there is something to watch. */
export function customEmulator({ name, constant, properties }: Design): string {
  const model = `${constant}Model`;
  const usesModel = properties.some(({ kind, writable }) => kind === "oneOf" && writable);
  const moves = properties.some(moving);
  const writable = properties.some((one) => one.writable);
  const initial = properties.map((one) => `    ${one.key}: ${sampleValues(one)[0]},`).join("\n");
  const cases = properties.flatMap((one) => [
    `      case "get ${keyOf(one)}":`,
    ...(moving(one) ? [`        ${moved(one)}`] : []),
    `        return \`ok \${${inTemplate(one.kind, `values${one.member}`)}}\`;`,
    ...(one.writable ? setCase(one, model) : []),
  ]);
  return `import type { Values } from "@edgetwin/mapper-sdk";
import type { LineAddress } from "@edgetwin/mapper-sdk/lines";
import { serveLines } from "@edgetwin/mapper-sdk/simulation";
import ${usesModel ? "" : "type "}{ ${model} } from "./${name}.ts";

/** A device made of memory: what it answers to a line. Keep it as true to yours as you can. */
export function emulate(): (line: string) => string {
  const values: Values<typeof ${model}> = {
${initial}
  };
${moves ? "  let readings = 0;\n" : ""}  return (line) => {
    const [, command, key${writable ? ', text = ""' : ""}] = /^(\\w+) (\\S+) ?(.*)$/.exec(line) ?? [];
    switch (\`\${command} \${key}\`) {
${cases.join("\n")}
      default:
        return \`error: no such thing as \${line}\`;
    }
  };
}

/** Serves it over TCP, where the manifest of the example device says; \`npm start\` calls this. */
export const startEmulator = ({ connection }: { readonly connection: LineAddress }) => serveLines(connection, emulate());
`;
}

const setCase = (property: DesignedProperty, model: string): string[] => [
  `      case "set ${keyOf(property)}":`,
  `        values${property.member} = ${parser(property, { text: "text", model })};`,
  '        return "ok";',
];

/** What only the device changes should change while somebody watches. */
const moving = ({ kind, writable, property }: DesignedProperty): boolean =>
  !writable && (kind === "boolean" || (["int", "float", "double"].includes(kind) && range(property) > 0));

const range = ({ min, max }: DesignedProperty["property"]): number =>
  Number(max ?? Infinity) - Number(min ?? -Infinity);

/** Code that moves a reading: booleans change now and then, numbers swing by one within their bounds. */
function moved({ kind, member, property, ...rest }: DesignedProperty): string {
  if (kind === "boolean") return `if (++readings % 5 === 0) values${member} = !values${member};`;
  const start = sampleValues({ kind, member, property, ...rest })[0] ?? "0";
  const swing =
    kind === "int" ? "Math.round(Math.sin(readings++ / 3))" : "Math.round(Math.sin(readings++ / 3) * 100) / 100";
  const bounded = property.min !== undefined || property.max !== undefined;
  const moved = `${start} + ${swing}`;
  if (!bounded) return `values${member} = ${moved};`;
  const atLeast = property.min === undefined ? moved : `Math.max(${Number(property.min)}, ${moved})`;
  const within = property.max === undefined ? atLeast : `Math.min(${Number(property.max)}, ${atLeast})`;
  return `values${member} = ${within};`;
}
