import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "@edgetwin/mapper-sdk";
import { cloudDirectory } from "../identity-file.ts";
import { writePrivateFile } from "../private-file.ts";

/** What the rules of the cloud want of this node; it may be without a connection for days. */
export interface Wishes {
  /** Topics that go to the cloud, each with the namespace of its rule in front. */
  readonly topics: readonly string[];
  /** URLs of the cloud that programs of this machine may have called. */
  readonly urls: readonly string[];
}

export const routingFile = (stateDirectory: string): string => join(cloudDirectory(stateDirectory), "routing.json");

/** What was stored; nothing, with a word in the log, when it cannot be read. */
export function readWishes(file: string, log: Log): Wishes {
  const nothing: Wishes = { topics: [], urls: [] };
  try {
    const { topics, urls } = JSON.parse(readFileSync(file, "utf8")) as Partial<Record<keyof Wishes, unknown>>;
    return { topics: textsOf(topics), urls: textsOf(urls) };
  } catch (error) {
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isAbsent) log.warn("rules of the cloud cannot be read; they come again with the connection", { file, error });
    return nothing;
  }
}

/** @throws the system's error when the disk does not take it. */
export const writeWishes = (file: string, wishes: Wishes): void => writePrivateFile(file, JSON.stringify(wishes));

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
