import { usageError } from "./usage-error.ts";

/**
 * Desired values by property from words like `red=ON`; `red-` withdraws, as `kubectl label` does. Values stay text: the
 * agent knows the types.
 *
 * @throws AgentError `REQUEST_INVALID` for a word without `=`, and for a property named twice.
 */
export function parseAssignments(words: readonly string[], device: string): Readonly<Record<string, string | null>> {
  const desired = new Map<string, string | null>();
  for (const word of words) {
    const equals = word.indexOf("=");
    const clears = equals === -1 && word.endsWith("-") && word.length > 1;
    if (equals < 1 && !clears) {
      throw usageError(`"${word}" is not PROPERTY=VALUE`, `edgetwin set ${device} ${word.replace(/^=/, "")}=VALUE`);
    }
    const name = clears ? word.slice(0, -1) : word.slice(0, equals);
    if (desired.has(name)) throw usageError(`${name} is given twice`, `edgetwin set ${device} ${word}`);
    desired.set(name, clears ? null : word.slice(equals + 1));
  }
  return Object.fromEntries(desired);
}

/**
 * Input by name from words like `times=2`. Values stay text: whoever takes them knows the types.
 *
 * @param command the command so far, to say how to go on.
 * @throws AgentError `REQUEST_INVALID` for a word without `=`, and for a name given twice.
 */
export function parseInputs(words: readonly string[], command: string): Readonly<Record<string, string>> {
  const input = new Map<string, string>();
  for (const word of words) {
    const equals = word.indexOf("=");
    if (equals < 1) throw usageError(`"${word}" is not NAME=VALUE`, `${command} ${word.replace(/^=/, "")}=VALUE`);
    const name = word.slice(0, equals);
    if (input.has(name)) throw usageError(`${name} is given twice`, `${command} ${word}`);
    input.set(name, word.slice(equals + 1));
  }
  return Object.fromEntries(input);
}
