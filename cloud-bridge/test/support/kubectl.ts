import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** What a command printed, and its exit code. */
export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** One kubectl and the kubeconfig that it uses. */
export interface Kubectl {
  (words: string, input?: string): Promise<Printed>;
  /** One that goes on until it is ended; `line` resolves with the next line that it prints. */
  start(words: string): { readonly child: ChildProcess; line(): Promise<string> };
}

/** Programs to test with: those of `EDGETWIN_KUBECTLS`, separated by colons, or the one in the path. */
export const kubectlPrograms = (process.env.EDGETWIN_KUBECTLS ?? "kubectl").split(":").filter(Boolean);

/** Runs a kubectl as somebody at a terminal would; `words` are split at blanks, and `'…'` keeps its blanks. */
export function kubectl(
  program: string,
  { kubeconfig, home }: { readonly kubeconfig: string; readonly home: string },
): Kubectl {
  const begin = (words: string, env: Readonly<Record<string, string>> = {}) => {
    const args = [...words.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
    // A home of its own: discovery is cached there.
    return spawn(program, args, { env: { ...process.env, KUBECONFIG: kubeconfig, HOME: home, ...env } });
  };
  const run = async (words: string, input = ""): Promise<Printed> => {
    // `edit` gets its change as the script of sed.
    const env = words.startsWith("edit ") ? { KUBE_EDITOR: `sed -i ${input}` } : undefined;
    const child = begin(words, env);
    child.stdin.end(env ? "" : input);
    const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    return { code: child.exitCode ?? -1, out, error };
  };
  return Object.assign(run, {
    start(words: string) {
      const child = begin(words);
      let pending = "";
      const lines: string[] = [];
      let arrived = () => {};
      child.stdout.setEncoding("utf8").on("data", (piece: string) => {
        const parts = (pending + piece).split("\n");
        pending = parts.pop() ?? "";
        lines.push(...parts);
        arrived();
      });
      return {
        child,
        async line() {
          while (lines.length === 0) await new Promise<void>((resolve) => (arrived = resolve));
          return lines.shift() ?? "";
        },
      };
    },
  });
}
