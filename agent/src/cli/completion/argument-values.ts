import type { ArgumentValues } from "@edgetwin/program/command-line";
import type { Completes } from "../command.ts";

/** Looks up names that only the agent knows; empty when none answers. */
export type Lookup = (
  what: "device" | "model" | "property" | "method" | "input" | "protocol" | "option",
  device: string | undefined,
  method?: string,
) => Promise<readonly string[]>;

/** What the agent knows, in the form in which each command takes it. */
export function argumentValues(lookup: Lookup): ArgumentValues<Completes> {
  return async ({ completes, command, given }) => {
    if (completes === "method") return await lookup("method", given[0]);
    if (completes === "protocol") return await lookup("protocol", undefined);
    if (completes === "option") return (await lookup("option", given[0])).map((name) => `${name}=`);
    if (completes === "input") return (await lookup("input", given[0], given[1])).map((name) => `${name}=`);
    if (completes !== "property") return await lookup(given[0]?.startsWith("model") ? "model" : completes, undefined);
    const properties = await lookup("property", given[0]);
    return command.name === "set" ? properties.map((name) => `${name}=`) : properties;
  };
}
