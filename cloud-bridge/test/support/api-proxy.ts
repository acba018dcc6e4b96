import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { parse, stringify } from "yaml";

/** A request as the authorizer of a cluster sees it. */
export interface ApiCall {
  readonly verb: string;
  readonly group: string;
  /** With its subresource: `nodes/status`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** An answer in place of the API server's. */
export interface Instead {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A Status object, or events of a watch. */
  readonly body: object;
}

/** A connection to an API server that a test can see and disturb. */
export interface ApiProxy extends AsyncDisposable {
  /** Leads here, without credentials. */
  readonly kubeconfig: string;
  readonly calls: readonly ApiCall[];
  /** Resolves with the next call. */
  next(): Promise<void>;
  /** Looks at each call; what it returns is answered instead. */
  instead: (call: ApiCall) => Instead | undefined;
  /** Cuts every connection: watches end in the middle. */
  cut(): void;
}

/** What a request does, in the words of RBAC. */
export function apiCall(method: string, url: string): ApiCall {
  const { pathname, searchParams } = new URL(url, "http://proxy");
  const [, core, group = "", rest = ""] =
    /^\/(?:(api)|apis\/([^/]+))\/[^/]+\/(.*)$/.exec(pathname) ?? ([undefined, undefined, "", ""] as const);
  const [, namespace = "", path = rest] = /^namespaces\/([^/]+)\/(.+)$/.exec(rest) ?? [];
  const [plural = "", name = "", subresource] = path.split("/");
  const read = name === "" ? (searchParams.get("watch") === "true" ? "watch" : "list") : "get";
  const verbs: Readonly<Record<string, string>> = { POST: "create", PUT: "update", PATCH: "patch", DELETE: "delete" };
  return {
    verb: verbs[method] ?? read,
    group: core ? "" : group,
    resource: subresource === undefined ? plural : `${plural}/${subresource}`,
    namespace,
    name,
  };
}

interface Kubeconfig {
  readonly clusters: [{ readonly cluster: Readonly<Record<string, string>> }];
  readonly users: [{ readonly user: Readonly<Record<string, string>> }];
}

/** Stands between bridges and the API server of a kubeconfig; writes its own next to it. */
export async function startApiProxy(kubeconfig: string): Promise<ApiProxy> {
  const config = parse(await readFile(kubeconfig, "utf8")) as Kubeconfig;
  const [{ cluster }] = config.clusters;
  const [{ user }] = config.users;
  const bytes = (text: string | undefined) => Buffer.from(text ?? "", "base64");
  const agent = new Agent({
    keepAlive: true,
    ca: bytes(cluster["certificate-authority-data"]),
    cert: bytes(user["client-certificate-data"]),
    key: bytes(user["client-key-data"]),
  });
  const calls: ApiCall[] = [];
  const sockets = new Set<Socket>();
  const waiting: (() => void)[] = [];
  const forward = (from: IncomingMessage, to: ServerResponse) => {
    const { method = "GET", url = "/", headers } = from;
    const call = apiCall(method, url);
    calls.push(call);
    for (const resolve of waiting.splice(0)) resolve();
    const answered = proxy.instead(call);
    if (answered) {
      from.resume();
      to.writeHead(answered.status, { "content-type": "application/json", ...answered.headers });
      return to.end(`${JSON.stringify(answered.body)}\n`);
    }
    const { host: _, ...kept } = headers;
    const sent = request(new URL(url, cluster.server), { method, headers: kept, agent }, (response) => {
      to.writeHead(response.statusCode ?? 502, response.headers);
      // A watch begins before anything happens.
      to.flushHeaders();
      response.pipe(to);
      to.on("close", () => response.destroy());
    });
    sent.on("error", () => to.destroy());
    from.pipe(sent);
  };
  const server = createServer(forward);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const path = `${kubeconfig}-through-proxy-${(server.address() as AddressInfo).port}`;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clusters = [{ name: "c", cluster: { server: url, "insecure-skip-tls-verify": true } }];
  const contexts = [{ name: "c", context: { cluster: "c", user: "u" } }];
  await writeFile(
    path,
    stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "c",
      clusters,
      contexts,
      users: [{ name: "u", user: {} }],
    }),
  );
  const proxy: ApiProxy = {
    kubeconfig: path,
    calls,
    next: () => new Promise((resolve) => waiting.push(resolve)),
    instead: () => undefined,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      proxy.cut();
      agent.destroy();
      await closed;
    },
  };
  return proxy;
}
