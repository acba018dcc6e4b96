import type { Connection } from "./sqlite.ts";
import { Statements } from "./statements.ts";
import type { Change, IndexName, Key, PageRequest, Revision, Storage, Write } from "./storage.ts";

/** After how many writes old revisions are taken away: one delete then costs less than each write does. */
const compactEvery = 256;

/** `Storage` on an open database. */
export class SqliteStorage implements Storage {
  readonly #database: Connection;
  readonly #statements: Statements;
  readonly #history: number;
  readonly #listeners = new Set<() => void>();
  #version: number;
  #oldest: number;

  constructor(database: Connection, history: number) {
    this.#database = database;
    this.#history = history;
    this.#statements = new Statements(database);
    // Never below what was taken away: a deletion that was the last write must not hand out its version again.
    this.#oldest = Math.max(1, this.#statements.compacted());
    this.#version = Math.max(this.#oldest, this.#statements.newest());
  }

  get version(): number {
    return this.#version;
  }

  get oldest(): number {
    return this.#oldest;
  }

  get(key: Key): Revision | undefined {
    return this.#statements.now(key);
  }

  page(request: PageRequest): Revision[] {
    return this.#statements.page({ ...request, at: request.at ?? this.#version });
  }

  count(request: Omit<PageRequest, "limit">): number {
    return this.#statements.count({ ...request, at: request.at ?? this.#version, limit: -1 });
  }

  changes(resource: string, since: number, limit: number): { changes: Change[]; through: number } {
    const changes = this.#statements.changes(resource, since, limit);
    const last = changes.at(-1);
    return { changes, through: changes.length === limit && last ? last.version : this.#version };
  }

  by(index: IndexName, text: string, place: { readonly namespace?: string; readonly limit: number }): Revision[] {
    return this.#statements.by(index, text, place);
  }

  dependentsOf(uid: string): Key[] {
    return this.#statements.dependentsOf(uid);
  }

  owners(): string[] {
    return this.#statements.owners();
  }

  deleting(): Revision[] {
    return this.#statements.deleting();
  }

  write({ type, text, owners, ...key }: Write): number {
    const version = this.#version + 1;
    const row = { ...key, type, version, text: text(version) };
    this.#database.transaction(() => {
      this.#statements.supersede(key, version);
      this.#statements.insert(row);
      this.#statements.setOwners(key, owners);
      if (version % compactEvery === 0) this.#compact(version - this.#history);
    })();
    this.#version = version;
    for (const listener of [...this.#listeners]) listener();
    return version;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    this.#database.close();
  }

  #compact(version: number): void {
    if (version <= this.#oldest) return;
    this.#statements.compact(version);
    this.#oldest = version;
  }
}
