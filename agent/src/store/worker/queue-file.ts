import { sinkQueueMigrations } from "../migrations/sink-queue.ts";
import type { QueueAsk, QueueContent } from "../queue/queue-messages.ts";
import { QueueDatabase } from "./queue-database.ts";
import { SideFile, type SideFileOptions } from "./side-file.ts";

/**
 * The file of the sinks' queue in the hands of the storage thread. It is made by the first point that has to wait, so that
 * sinks which are always there cost the card nothing.
 */
export class QueueFile {
  readonly #file: SideFile<QueueDatabase>;

  constructor(options: SideFileOptions) {
    const kind = {
      files: { database: "sinks", wal: "sinksWal", damaged: "sinksDamaged" },
      migrations: sinkQueueMigrations,
      loss: "what waited for sinks is lost",
      open: (parts: ConstructorParameters<typeof QueueDatabase>[0]) => new QueueDatabase(parts),
    } as const;
    this.#file = new SideFile(kind, options);
  }

  /** Bytes handed to the file system since the thread began. */
  get bytesWritten(): number {
    return this.#file.bytesWritten;
  }

  /** Answers one question. @throws SqliteError or the system's error. */
  answer(ask: QueueAsk): unknown {
    return this.#file.attempt(() => this.#answer(ask));
  }

  close(): void {
    this.#file.close();
  }

  #answer(ask: QueueAsk): unknown {
    if (ask.ask === "append") return this.#file.writable().append(ask.sources, ask.points);
    const database = this.#file.existing();
    switch (ask.ask) {
      case "content": {
        const found: QueueContent = database?.content() ?? { sources: [], targets: [] };
        const notice = this.#file.takeNotice();
        return notice === undefined ? found : { ...found, notice };
      }
      case "read":
        return database?.read(ask.target, ask.limit) ?? [];
      case "remove":
        return database?.remove(ask.target, ask.upTo) ?? 0;
      case "forget":
        return database?.forget(ask.target);
    }
  }
}
