import { join } from "node:path";
import { Scope } from "@edgetwin/mapper-sdk";
import { type ApiOptions, createApi } from "../../../src/api/api.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { type Address, type Answer, type Ask, ask, open } from "./http.ts";
import { type TestCore, testCore } from "./test-core.ts";

/** An API on a Unix socket in a temporary directory. Disposing it closes and removes everything. */
export interface TestApi extends AsyncDisposable {
  readonly core: TestCore;
  readonly address: Address & { readonly socketPath: string };
  ask(path: string, options?: Ask): Promise<Answer>;
  open(path: string, options?: Ask): ReturnType<typeof open>;
  /** Closes the API, as an agent that stops does; the core goes on. */
  stop(): Promise<void>;
}

export async function testApi(options: Partial<Omit<ApiOptions, "core">> = {}): Promise<TestApi> {
  await using scope = new Scope();
  const directory = scope.use(temporaryDirectory()).path;
  const core = await testCore();
  const api = scope.use(createApi({ core, version: "0.0.0-test", ...options }));
  const address = { socketPath: join(directory, "edgetwin.sock") };
  await api.listenUnix(address.socketPath);
  const owned = scope.move();
  return {
    core,
    address,
    ask: (path, options) => ask(address, path, options),
    open: (path, options) => open(address, path, options),
    stop: async () => await api[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}
