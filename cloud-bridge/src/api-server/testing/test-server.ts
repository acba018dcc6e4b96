import { silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { adminGroup, nodeUser } from "../access/user.ts";
import type { Fields } from "../api-object.ts";
import { type ApiServer, type ApiServerOptions, startApiServer } from "../api-server.ts";

/** An answer, with its body as data where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Fields;
  readonly text: string;
}

/** What a test sends. */
export interface Sending {
  readonly body?: unknown;
  readonly type?: string;
  readonly accept?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server that listens on the loopback, and its administrator. */
export interface TestServer extends AsyncDisposable {
  readonly server: ApiServer;
  send(method: string, path: string, sending?: Sending): Promise<Answer>;
  /** The events of a watch, one by one; it ends with the test's `signal`. */
  events(path: string, signal: AbortSignal): AsyncGenerator<Fields>;
}

export const tokens = [
  { token: "admin", user: { name: "admin", groups: [adminGroup, "system:authenticated"] } },
  { token: "nobody", user: { name: "rec-nobody", groups: ["system:authenticated"] } },
  { token: "edge1", user: nodeUser("edge1") },
];

/** Starts a server with an empty database in memory, or the one at `path`. */
export async function startTestServer(
  options: Partial<Pick<ApiServerOptions, "path" | "history" | "clock" | "definitions" | "reviewer">> = {},
): Promise<TestServer> {
  const server = await startApiServer({ path: ":memory:", clock: systemClock, log: silentLog, tokens, ...options });
  return {
    server,
    send: (method, path, sending = {}) => send(server.url, { method, path, sending }),
    events: (path, signal) => events(`${server.url}${path}`, signal),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function send(
  url: string,
  { method, path, sending }: { method: string; path: string; sending: Sending },
): Promise<Answer> {
  const { body, type = "application/json", accept = "application/json", token = "admin", headers = {} } = sending;
  const response = await fetch(`${url}${path}`, {
    method,
    redirect: "manual",
    headers: {
      accept,
      ...(token !== "" && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": type }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: dataOf(text) };
}

function dataOf(text: string): Fields {
  try {
    return JSON.parse(text) as Fields;
  } catch {
    return {};
  }
}

async function* events(url: string, signal: AbortSignal): AsyncGenerator<Fields> {
  const response = await fetch(url, { headers: { authorization: "Bearer admin", accept: "application/json" }, signal });
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line) as Fields;
  }
}
