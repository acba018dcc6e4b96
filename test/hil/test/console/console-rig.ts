import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseConfig, type RunningAgent, startAgent } from "@edgetwin/agent";
import { simulatedBoard } from "@edgetwin/board-rpi4";
import { Scope, silentLog } from "@edgetwin/mapper-sdk";
import type { SimBoard } from "@edgetwin/mapper-sdk/simulation";
import { type Browser, chromium, type Page } from "playwright-core";

/** Debian's, without what it would look up in the network by itself. */
const launch = {
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
  ],
};

const example = fileURLToPath(new URL("../../../../../examples/traffic-light/", import.meta.url));

/** The traffic light in an agent of this process, on a simulated Raspberry Pi, and a browser before it. */
export class ConsoleRig implements AsyncDisposable {
  readonly board: SimBoard;
  readonly browser: Browser;
  readonly directory: string;
  readonly #scope: Scope;
  #agent: RunningAgent | undefined;
  #port = 0;

  private constructor(parts: { board: SimBoard; browser: Browser; directory: string; scope: Scope }) {
    this.board = parts.board;
    this.browser = parts.browser;
    this.directory = parts.directory;
    this.#scope = parts.scope;
  }

  static async start(): Promise<ConsoleRig> {
    await using scope = new Scope();
    const directory = scope.adopt(mkdtempSync(join(tmpdir(), "edgetwin-console-")), (path) =>
      rmSync(path, { recursive: true, force: true }),
    );
    const browser = scope.adopt(await chromium.launch(launch), (opened) => opened.close());
    const rig = new ConsoleRig({ board: simulatedBoard({}), browser, directory, scope: scope.move() });
    await rig.run();
    return rig;
  }

  /** Starts the agent, on the port that it had before. */
  async run(settings: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const raw = {
      node: "raspberrypi",
      mappers: ["@edgetwin/mapper-gpio", "@edgetwin/example-traffic-light"],
      manifests: [join(example, "manifests")],
      bus: { broker: "off" },
      api: { port: this.#port || (await freePort()), ...settings },
      dmi: { socket: "off" },
    };
    const paths = { stateDirectory: this.directory, socket: join(this.directory, "edgetwin.sock") };
    const config = parseConfig(raw, { where: "the console test", directory: example, paths });
    const board = {
      board: this.board,
      simulated: true,
      description: "simulated Raspberry Pi",
      explain: async () => [],
    };
    this.#agent = await startAgent(config, { log: silentLog, board });
    this.#port = this.#agent.apiPort ?? 0;
  }

  async stop(): Promise<void> {
    await this.#agent?.[Symbol.asyncDispose]();
    this.#agent = undefined;
  }

  get agent(): RunningAgent {
    if (!this.#agent) throw new TypeError("the agent does not run");
    return this.#agent;
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get token(): string {
    return readFileSync(join(this.directory, "token"), "utf8").trim();
  }

  /** A new window of a browser that nobody has used. */
  async open(
    path = "/console/",
    size = { width: 1280, height: 800 },
    colorScheme: "dark" | "light" = "light",
  ): Promise<Page> {
    const context = await this.browser.newContext({ viewport: size, colorScheme, locale: "en-GB" });
    const page = await context.newPage();
    await page.goto(`${this.address}${path}`);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.#scope[Symbol.asyncDispose]();
  }
}

async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
