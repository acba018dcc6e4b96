import type { IncomingMessage } from "node:http";
import { parseJsonText } from "@edgetwin/models";

/** One server-sent event with its JSON. */
export interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
}

/** The events of a `text/event-stream` (HTML Living Standard 9.2) until it ends, breaks or `signal` aborts. */
export async function* readEvents(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  response.setEncoding("utf8");
  let rest = "";
  try {
    for await (const chunk of response as AsyncIterable<string>) {
      const blocks = (rest + chunk).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = parseBlock(block);
        if (event) yield event;
      }
    }
  } catch (error) {
    // A connection that breaks and one that ends mean the same: whoever wants more connects again.
    if (!signal.aborted && !isBroken(error)) throw error;
  }
}

/** The event of one block; undefined for a comment. */
function parseBlock(block: string): ServerEvent | undefined {
  let event = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) event = line.slice(7);
    else if (line.startsWith("data: ")) data.push(line.slice(6));
  }
  return data.length === 0 ? undefined : { event, data: parseJsonText(data.join("\n")) };
}

const isBroken = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  (error.code === "ECONNRESET" || error.code === "ERR_STREAM_PREMATURE_CLOSE");
