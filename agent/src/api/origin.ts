import type { IncomingMessage } from "node:http";
import type { Origin } from "../twin/types.ts";

/** User agent of the `edgetwin` command; changes it makes are told apart from those of other REST clients. */
export const commandUserAgent = "edgetwin-command";

/** Header with the name of who asks. For people, not for decisions: nobody checks it. */
export const actorHeader = "edgetwin-actor";

/** Characters that may go into a log or onto a terminal; an actor must not be able to rewrite the line it is shown in. */
const unprintable = /[^\x20-\x7e]/g;

const maxLength = 64;

/** Who stands behind a request: the name it gave, else the address it came from. */
export function originOf({ headers, socket }: IncomingMessage): Origin {
  const isCommand = headers["user-agent"]?.startsWith(commandUserAgent) ?? false;
  const named = clean(headers[actorHeader]);
  const requestId = clean(headers["x-request-id"]);
  return {
    door: isCommand ? "command" : "rest",
    actor: named ?? (socket.remoteAddress === undefined ? "local client" : `client ${socket.remoteAddress}`),
    ...(requestId !== undefined && { request: requestId }),
  };
}

function clean(header: string | readonly string[] | undefined): string | undefined {
  const text = String(header ?? "")
    .replace(unprintable, "")
    .trim()
    .slice(0, maxLength);
  return text === "" ? undefined : text;
}
