import type { HistoryAsk } from "../history/history-messages.ts";
import { historyMigrations } from "../migrations/history.ts";
import { HistoryDatabase } from "./history-database.ts";
import { SideFile, type SideFileOptions } from "./side-file.ts";

/** The past of properties in the hands of the storage thread. */
export class HistoryFile {
  readonly #file: SideFile<HistoryDatabase>;

  constructor(options: SideFileOptions) {
    const kind = {
      files: { database: "history", wal: "historyWal", damaged: "historyDamaged" },
      migrations: historyMigrations,
      loss: "charts begin anew",
      open: (parts: ConstructorParameters<typeof HistoryDatabase>[0]) => new HistoryDatabase(parts),
    } as const;
    this.#file = new SideFile(kind, options);
  }

  /** Bytes handed to the file system since the thread began. */
  get bytesWritten(): number {
    return this.#file.bytesWritten;
  }

  /** Answers one question. @throws SqliteError or the system's error. */
  answer(ask: HistoryAsk): unknown {
    return this.#file.attempt(() => this.#answer(ask));
  }

  close(): void {
    this.#file.close();
  }

  #answer(ask: HistoryAsk): unknown {
    switch (ask.ask) {
      case "append":
        return this.#file.writable().append(ask);
      case "read":
        return this.#file.existing()?.read(ask) ?? [];
      case "forget":
        return this.#file.existing()?.forget(ask.device);
      case "notice":
        this.#file.existing();
        return this.#file.takeNotice();
    }
  }
}
