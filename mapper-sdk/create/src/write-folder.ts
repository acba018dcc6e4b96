import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CreateError } from "./errors.ts";
import type { NewFile } from "./templates/template.ts";

/** @throws CreateError `FOLDER_UNUSABLE` when there is something called `name` in `directory` that is no empty folder. */
export function checkFolder(directory: string, name: string): void {
  const folder = join(directory, name);
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory()) throw unusable(`${folder} is a file; choose another name`);
  const [first] = readdirSync(folder);
  if (first !== undefined) throw unusable(`${folder} is not empty (${first} is in it); choose another name`);
}

/**
 * Writes the files into a folder of their own and returns its path. They are written beside it and moved there at once, so
 * that nobody ever finds half of them.
 *
 * @throws CreateError `FOLDER_UNUSABLE` when the disk does not take them.
 */
export function writeFolder(directory: string, name: string, files: readonly NewFile[]): string {
  checkFolder(directory, name);
  const folder = join(directory, name);
  let beside: string | undefined;
  try {
    beside = mkdtempSync(join(directory, `.${name}-`));
    for (const { path, text } of files) {
      mkdirSync(dirname(join(beside, path)), { recursive: true });
      writeFileSync(join(beside, path), text);
    }
    renameSync(beside, folder);
    return folder;
  } catch (cause) {
    if (beside !== undefined) rmSync(beside, { recursive: true, force: true });
    throw unusable(`${folder} cannot be written: ${(cause as Error).message}`, cause);
  }
}

const unusable = (message: string, cause?: unknown) =>
  new CreateError("FOLDER_UNUSABLE", message, cause === undefined ? {} : { cause });
