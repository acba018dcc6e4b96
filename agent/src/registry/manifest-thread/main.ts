import { parentPort, workerData } from "node:worker_threads";
import { ModelError, parseManifests } from "@edgetwin/models";
import type { ManifestAnswer, ManifestText } from "./messages.ts";

// The body of the thread that reads one long text of manifests and ends.

const { text, file } = workerData as ManifestText;
parentPort?.postMessage(await answer());

async function answer(): Promise<ManifestAnswer> {
  try {
    return await parseManifests(text, file === undefined ? {} : { file });
  } catch (error) {
    if (error instanceof ModelError) return { code: error.code, issues: error.issues };
    throw error;
  }
}
