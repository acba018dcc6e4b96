import { consoleFile } from "../../console/console-files.ts";
import { AgentError } from "../../errors.ts";
import type { Reply } from "../reply.ts";
import type { Call, Route } from "../route.ts";

/** The web console. Its files say nothing about devices, so they need no token. */
export const consoleRoutes: readonly Route[] = [
  { method: "GET", path: "/", open: true, handle: () => redirect },
  { method: "GET", path: "/console", open: true, handle: () => redirect },
  { method: "GET", path: "/console/", open: true, handle: (call) => sendFile(call, "index.html") },
  { method: "GET", path: "/console/{file}", open: true, handle: (call) => sendFile(call, call.params.file as string) },
];

const redirect: Reply = { status: 307, headers: { Location: "/console/" } };

/** Everything comes from the agent itself, and no other page may frame it. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

async function sendFile({ header }: Call, name: string): Promise<Reply> {
  const file = await consoleFile(name);
  if (!file) throw new AgentError("NOT_FOUND", `the console has no ${name}; it begins at /console/`);
  const headers = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": policy,
    ETag: file.tag,
    "Referrer-Policy": "no-referrer",
    Vary: "Accept-Encoding",
  };
  if (header("if-none-match") === file.tag) return { status: 304, headers };
  const packed = /\bgzip\b/.test(header("accept-encoding") ?? "");
  return {
    status: 200,
    headers: packed ? { ...headers, "Content-Encoding": "gzip" } : headers,
    type: file.type,
    bytes: packed ? file.gzip : file.plain,
  };
}
