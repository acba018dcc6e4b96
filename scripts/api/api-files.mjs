// Everything that is written from the public types of the SDK.
import { join } from "node:path";
import { readEntries } from "./entries.mjs";
import { referenceOf } from "./reference.mjs";
import { reportOf } from "./report.mjs";

const reference = "docs/reference/sdk";

/** The files by path, and the folders that hold nothing else. */
export async function apiFiles(root) {
  const entries = await readEntries(join(root, "mapper-sdk"));
  const pages = [...referenceOf(entries)].map(([name, text]) => [`${reference}/${name}`, text]);
  const report = ["mapper-sdk/api.d.ts", reportOf("@edgetwin/mapper-sdk", entries)];
  return { files: new Map([report, ...pages]), folders: [reference] };
}
