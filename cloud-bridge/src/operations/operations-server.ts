import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type MetricFamily, metricText, metricTextType } from "@edgetwin/program";
import { BridgeError } from "../errors.ts";
import type { Check } from "./readiness.ts";

/** What operators and their programs may see; nothing of it is secret. */
export interface OperationsOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  metrics(): readonly MetricFamily[];
  checks(): readonly Check[];
}

export interface OperationsServer extends AsyncDisposable {
  readonly port: number;
}

/**
 * Serves `/metrics`, `/healthz` (alive) and `/readyz` (does its work; 503 with the reasons when not).
 *
 * @throws BridgeError `START_FAILED` when the port cannot be had.
 */
export async function openOperations(options: OperationsOptions): Promise<OperationsServer> {
  const { host, port } = options;
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 10_000 }, (request, response) =>
    answer(options, request, response),
  );
  server.maxConnections = 100;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => {
      const fix = "set operations.port to another one";
      const message = `/metrics cannot be served on ${host}:${port}: ${cause.message}; ${fix}`;
      reject(new BridgeError("START_FAILED", message, { cause }));
    });
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer({ metrics, checks }: OperationsOptions, { method, url = "" }: IncomingMessage, to: ServerResponse) {
  const [path] = url.split("?");
  if (method !== "GET" && method !== "HEAD") {
    to.setHeader("allow", "GET, HEAD");
    return reply(to, 405, "only GET");
  }
  if (path === "/metrics") return reply(to, 200, metricText(metrics()), metricTextType);
  if (path === "/healthz") return reply(to, 200, "ok\n");
  if (path === "/readyz") {
    const done = checks();
    const text = done.map(({ check, ok, message }) => `${ok ? "ok  " : "wait"} ${check}: ${message}\n`).join("");
    return reply(to, done.every(({ ok }) => ok) ? 200 : 503, text);
  }
  reply(to, 404, "try /metrics, /healthz or /readyz\n");
}

function reply(to: ServerResponse, status: number, text: string, type = "text/plain; charset=utf-8") {
  to.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  to.end(to.req.method === "HEAD" ? undefined : text);
}
