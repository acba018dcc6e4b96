import type { HistoryAsk } from "./history-messages.ts";
import type { HistoryAppend, HistoryAppended, HistoryQuery, HistoryStorage } from "./history-storage.ts";

/** The main thread's side of the file of the past. */
export class HistoryLink implements HistoryStorage {
  readonly #ask: (ask: HistoryAsk) => Promise<unknown>;

  constructor(ask: (ask: HistoryAsk) => Promise<unknown>) {
    this.#ask = ask;
  }

  async append(request: HistoryAppend): Promise<HistoryAppended> {
    return (await this.#ask({ ask: "append", ...request })) as HistoryAppended;
  }

  async read(query: HistoryQuery): Promise<readonly Uint8Array[]> {
    return (await this.#ask({ ask: "read", ...query })) as readonly Uint8Array[];
  }

  async forget(device: string): Promise<void> {
    await this.#ask({ ask: "forget", device });
  }

  async notice(): Promise<string | undefined> {
    return (await this.#ask({ ask: "notice" })) as string | undefined;
  }
}
