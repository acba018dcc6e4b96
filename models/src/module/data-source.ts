import { keyLiteral, numberLiteral, textLiteral } from "./literals.ts";
import { type Source, text } from "./source.ts";

/** JSON data as a TypeScript expression. */
export function dataSource(value: unknown): Source {
  if (typeof value === "string") return text(textLiteral(value));
  if (typeof value === "number") return text(numberLiteral(value));
  if (typeof value === "bigint") return text(`${value}n`);
  if (Array.isArray(value)) return { kind: "list", items: value.map(dataSource) };
  if (typeof value !== "object" || value === null) return text(String(value));
  return {
    kind: "object",
    entries: Object.entries(value).map(([name, part]) => ({ key: keyLiteral(name), value: dataSource(part) })),
  };
}
