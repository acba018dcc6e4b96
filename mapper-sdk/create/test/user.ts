import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const workspace = fileURLToPath(new URL("../../../../", import.meta.url));

/** What a command said and how it ended. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
}

/** A person in an empty folder, on whose machine the packages of the workspace are installed. */
export interface User extends AsyncDisposable {
  readonly folder: string;
  /** Runs `npm create edgetwin-mapper` with these words. */
  create(...words: readonly string[]): Promise<Ran>;
  /** Runs a command in a folder below. */
  run(folder: string, command: string, ...words: readonly string[]): Promise<Ran>;
  /** Starts one that goes on until it is stopped, as Ctrl-C does it. */
  start(folder: string, command: string, ...words: readonly string[]): Running;
  read(path: string): Promise<string>;
  edit(path: string, change: (text: string) => string): Promise<void>;
}

/** A command that goes on. */
export interface Running {
  /** Resolves with all it has said as soon as that matches; rejects when it ends before. */
  says(expected: RegExp): Promise<string>;
  interrupt(): Promise<Ran>;
}

export async function newUser(): Promise<User> {
  const folder = await mkdtemp(join(tmpdir(), "edgetwin-user-"));
  // Node looks for packages in the folders above, so what is installed here is installed in every folder below.
  await symlink(join(workspace, "node_modules"), join(folder, "node_modules"));
  const running = new Set<ChildProcess>();
  const launch = (cwd: string, command: string, words: readonly string[]) => {
    const child = spawn(command, words, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    child.once("exit", () => running.delete(child));
    return child;
  };
  const run: User["run"] = (below, command, ...words) => ended(launch(join(folder, below), command, words));
  const creator = join(workspace, "mapper-sdk", "create", "bin", "create-edgetwin-mapper.js");
  return {
    folder,
    create: (...words) => run(".", process.execPath, creator, ...words),
    run,
    start: (below, command, ...words) => runningOf(launch(join(folder, below), command, words)),
    read: (path) => readFile(join(folder, path), "utf8"),
    edit: async (path, change) => {
      const before = await readFile(join(folder, path), "utf8");
      const after = change(before);
      if (after === before) throw new Error(`the change of ${path} changed nothing`);
      await writeFile(join(folder, path), after);
    },
    async [Symbol.asyncDispose]() {
      for (const child of running) signalGroup(child, "SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Without what this run tells its own children, and with the commands of the installed packages. */
const env = {
  ...process.env,
  NODE_TEST_CONTEXT: undefined,
  PATH: [join(workspace, "node_modules", ".bin"), process.env.PATH].join(delimiter),
  NO_COLOR: "1",
};

function ended(child: ChildProcess): Promise<Ran> {
  let out = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text) => (out += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, out }));
  });
}

/** As a terminal does it: everybody in the group gets the signal. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid !== undefined) process.kill(-child.pid, signal);
}

function runningOf(child: ChildProcess): Running {
  let out = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text) => {
      out += text;
      for (const listener of listeners) listener();
    });
  }
  const end = ended(child);
  return {
    says: (expected) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!expected.test(out)) return;
          listeners.delete(look);
          resolve(out);
        };
        listeners.add(look);
        void end.then(() => reject(new Error(`it ended without saying ${expected}:\n${out}`)));
        look();
      }),
    async interrupt() {
      signalGroup(child, "SIGINT");
      return await end;
    },
  };
}
