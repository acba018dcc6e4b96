import type { IncomingMessage } from "node:http";
import type { Json } from "./http.ts";

/** One server-sent event. */
export interface ReceivedEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Json;
}

/** Reads a watch event by event; comments are kept apart. */
export class EventReader {
  readonly comments: string[] = [];
  readonly #chunks: AsyncIterator<Buffer>;
  #rest = "";

  constructor(response: IncomingMessage) {
    this.#chunks = (response as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  /** The next event, or undefined when the stream ended. */
  async next(): Promise<ReceivedEvent | undefined> {
    for (;;) {
      const end = this.#rest.indexOf("\n\n");
      if (end === -1) {
        const { done, value } = await this.#chunks.next();
        if (done) return undefined;
        this.#rest += value.toString();
        continue;
      }
      const block = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + 2);
      if (block.startsWith(":")) this.comments.push(block.slice(1).trim());
      else return parse(block);
    }
  }

  /** Reads until an event of this name comes and returns it. */
  async until(name: string): Promise<ReceivedEvent> {
    for (;;) {
      const event = await this.next();
      if (!event) throw new Error(`the stream ended before ${name}`);
      if (event.event === name) return event;
    }
  }
}

function parse(block: string): ReceivedEvent {
  const fields = Object.fromEntries(
    block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
  return { id: fields.id ?? "", event: fields.event ?? "", data: JSON.parse(fields.data ?? "null") };
}
