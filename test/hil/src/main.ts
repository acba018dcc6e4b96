import { parseArgs } from "node:util";
import { didYouMean, systemClock } from "@edgetwin/mapper-sdk";
import { benches } from "./benches.ts";
import { tableOfClaims } from "./claims.ts";
import { scenarios } from "./scenarios.ts";

process.exitCode = await main();

/** Prints the table of claims of one bench as JSON; 1 when one of them failed, 2 when there is no such bench. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { bench: { type: "string", default: "sim" } } });
  const names = Object.keys(benches);
  const open = Object.hasOwn(benches, values.bench) ? benches[values.bench] : undefined;
  if (!open) {
    const hint = didYouMean(values.bench, names);
    process.stderr.write(`there is no bench "${values.bench}"${hint}; there are: ${names.join(", ")}\n`);
    return 2;
  }
  const claims = await tableOfClaims(scenarios, open, systemClock);
  process.stdout.write(`${JSON.stringify({ bench: values.bench, claims }, undefined, 2)}\n`);
  return claims.every(({ result }) => result === "shown") ? 0 : 1;
}
