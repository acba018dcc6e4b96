import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../test/fixtures/", import.meta.url));

/** Every YAML file below a directory of the fixtures, by its path there. */
export function fixtures(directory = ""): readonly { readonly file: string; readonly text: string }[] {
  return readdirSync(root + directory, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .map((file) => ({ file, text: readFileSync(`${root}${directory}/${file}`, "utf8") }));
}

/** The text of one fixture. */
export const fixture = (file: string): string => readFileSync(root + file, "utf8");
