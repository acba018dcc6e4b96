import { toJsonText } from "@edgetwin/models";
import type { Output } from "./output.ts";

/** Prints `value` as JSON or YAML, for programs. */
export async function printStructured(output: Output, format: "json" | "yaml", value: unknown): Promise<undefined> {
  if (format === "yaml") {
    const { stringify } = await import("yaml");
    output.raw(stringify(value, { lineWidth: 0 }));
    return;
  }
  // Indented for people; a reader of JSON does not mind. Large integers stay integers.
  output.line(indent(toJsonText(value)));
}

/** The same JSON, two spaces deeper at every level; works on the text so that it rounds no number. */
function indent(json: string): string {
  let depth = 0;
  const lineBreak = () => `\n${"  ".repeat(depth)}`;
  return json.replace(/"(?:[^"\\]|\\.)*"|[{[]\s*[}\]]|[{[\]},:]/g, (token) => {
    if (token === "{" || token === "[") {
      depth += 1;
      return token + lineBreak();
    }
    if (token === "}" || token === "]") {
      depth -= 1;
      return lineBreak() + token;
    }
    if (token === ",") return token + lineBreak();
    return token === ":" ? ": " : token;
  });
}
