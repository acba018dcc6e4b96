/**
 * Why a package or file that the configuration names could not be imported, and what to do, in one line without paths of
 * the agent's own code.
 */
export function importFailure(name: string, error: unknown): string {
  const isPath = /^\.{0,2}\//.test(name);
  const message = (error instanceof Error ? error.message : String(error)).split("\n")[0];
  if (isMissing(name, error)) {
    return isPath
      ? "there is no such file; relative paths count from the directory of the configuration file"
      : "it is not installed; correct the name, or npm install it beside the configuration file";
  }
  if (error instanceof SyntaxError) return `it is not JavaScript that this Node.js understands: ${message}`;
  return `it failed while it was loaded: ${message}`;
}

/** Whether the named thing itself is missing, and not something that it imports. */
function isMissing(name: string, error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_MODULE_NOT_FOUND") return false;
  const missing = /^Cannot find (?:package|module) '([^']*)'/.exec(error.message)?.[1] ?? "";
  return missing === name || missing.endsWith(name.replace(/^\.{1,2}\//, "/"));
}
