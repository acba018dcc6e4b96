import { migrations } from "../migrations/migrations.ts";

/** Why the store must not be opened at all, not even in memory: starting would do harm. */
export type RefusalCode = "IN_USE" | "TOO_NEW";

/** Thrown inside the worker; the main thread turns it into AgentError `START_FAILED`. */
export class OpenRefused extends Error {
  override readonly name = "OpenRefused";
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** @throws OpenRefused when a later release of the agent wrote the file. */
export function refuseNewer(version: number, path: string): void {
  const known = migrations.length;
  if (version <= known) return;
  throw new OpenRefused(
    "TOO_NEW",
    `${path} was written by a newer edgetwin (schema ${version}, this one knows up to ${known}); update the agent, or set another stateDirectory. The file was left as it is`,
  );
}
