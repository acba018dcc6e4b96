import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { ClusterAccess } from "../credentials.ts";

/** An answer that a real API server gave. */
export interface RecordedAnswer {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly status: number;
  readonly contentType: string;
  /** Of a watch a list of events. */
  readonly resBody: unknown;
  /** How a watch ended: `client` stays open, `recorder cut the connection` is cut, any other ends. */
  readonly endedBy?: string;
}

/** A request that the server got. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  readonly body: unknown;
}

/** Answers of `recorded/kubernetes-api.jsonl`, in order. */
export async function recordedAnswers(): Promise<readonly RecordedAnswer[]> {
  const file = new URL("../../../../recorded/kubernetes-api.jsonl", import.meta.url);
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as RecordedAnswer);
}

export interface FakeApiServer extends AsyncDisposable {
  readonly access: ClusterAccess;
  readonly seen: readonly SeenRequest[];
}

/** An API server on loopback that gives each answer once: the first left for a method and path, for a watch or none. */
export async function fakeApiServer(answers: readonly RecordedAnswer[]): Promise<FakeApiServer> {
  const left = [...answers];
  const seen: SeenRequest[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const { method = "" } = request;
    const body = await text(request);
    seen.push({
      method,
      path: url.pathname,
      query: url.searchParams,
      contentType: request.headers["content-type"],
      body: body === "" ? undefined : JSON.parse(body),
    });
    const isWatch = url.searchParams.has("watch");
    const index = left.findIndex(
      (one) => one.method === method && one.path === url.pathname && one.query.includes("watch=true") === isWatch,
    );
    const [answer] = index < 0 ? [] : left.splice(index, 1);
    if (answer) give(answer, response);
    else response.writeHead(404, { "content-type": "text/plain" }).end("404 page not found\n");
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const cluster = { name: "fake", server: `http://127.0.0.1:${port}`, skipTLSVerify: true };
  return {
    seen,
    access: { getCurrentCluster: () => cluster, applyToHTTPSOptions: async () => undefined },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function give({ status, contentType, resBody, endedBy }: RecordedAnswer, response: ServerResponse): void {
  response.writeHead(status, { "content-type": contentType });
  if (!Array.isArray(resBody)) {
    response.end(JSON.stringify(resBody));
    return;
  }
  const lines = resBody.map(({ event }: { readonly event: unknown }) => `${JSON.stringify(event)}\n`).join("");
  // Cut anywhere, as a network does.
  response.write(lines.slice(0, 700));
  response.write(lines.slice(700), () => {
    if (endedBy?.includes("cut")) response.destroy();
    else if (endedBy !== "client") response.end();
  });
}
