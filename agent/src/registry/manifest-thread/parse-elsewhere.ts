import { type ResourceLimits, Worker } from "node:worker_threads";
import { ModelError, parseManifests } from "@edgetwin/models";
import { AgentError } from "../../errors.ts";
import type { ManifestAnswer, ManifestText } from "./messages.ts";

/**
 * Texts up to this length are parsed where they are: starting a thread takes longer. Parsing takes 1 to 2 ms a kilobyte
 * on x64, several times that on a Pi, and nothing else runs meanwhile.
 */
const shortText = 8_192;

/** A bound, not a reservation: the thread gives all of it back when it ends. */
const threadLimits: ResourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 };

type Parsed = Awaited<ReturnType<typeof parseManifests>>;

/**
 * `parseManifests` that leaves the event loop free: a long text is read in a thread of its own, which ends with it.
 *
 * @throws ModelError as `parseManifests` does; AgentError `MANIFEST_INVALID` when the text takes more memory than there is for it.
 */
export async function parseElsewhere(manifests: ManifestText, limits = threadLimits): Promise<Parsed> {
  const { text, file } = manifests;
  if (text.length <= shortText) return await parseManifests(text, file === undefined ? {} : { file });
  const answer = await answerTo(manifests, limits);
  if ("code" in answer) throw new ModelError(answer.code, answer.issues);
  return answer;
}

function answerTo(manifests: ManifestText, resourceLimits: ResourceLimits): Promise<ManifestAnswer> {
  // The name of the compiled file: a URL is not rewritten by the compiler as an import is.
  const worker = new Worker(new URL("./main.js", import.meta.url), { workerData: manifests, resourceLimits });
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", (error) => reject(explain(error, { ...manifests, resourceLimits })));
    worker.once("exit", (code) => reject(new TypeError(`the thread that reads manifests ended with code ${code}`)));
  });
}

interface Reading extends ManifestText {
  readonly resourceLimits: ResourceLimits;
}

function explain(error: Error & { readonly code?: string }, { text, file, resourceLimits }: Reading): Error {
  if (error.code !== "ERR_WORKER_OUT_OF_MEMORY") return error;
  const { maxOldGenerationSizeMb: megabytes } = resourceLimits;
  const message = `${file ?? "the text"} is too large: its ${text.length} characters take more than ${megabytes} MB of memory to be read; split it into several files`;
  return new AgentError("MANIFEST_INVALID", message, { cause: error });
}
