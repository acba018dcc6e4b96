import { rowsOf, type TextIndex, textIndexes, textOf } from "./schema.ts";
import type { Connection } from "./sqlite.ts";
import type { Change, IndexName, Key, PageRequest, Revision } from "./storage.ts";

type At = PageRequest & { readonly at: number };

const columns = "version, resource, namespace, name, object AS text";
/** Rows that were the object at a version. */
const visible = "version <= $at AND (superseded IS NULL OR superseded > $at) AND type <> 'DELETED'";
const selected = `resource = $resource AND (namespace, name) > ($afterNamespace, $afterName) AND ${visible}`;
const inOne = `resource = $resource AND namespace = $namespace AND name > $afterName AND ${visible}`;

const order = "ORDER BY namespace, name LIMIT $limit";

/** Every statement that the storage runs, prepared once. */
export class Statements {
  readonly #prepared: ReturnType<typeof prepare>;

  constructor(database: Connection) {
    this.#prepared = prepare(database);
  }

  newest(): number {
    return (this.#prepared.newest.get() as { version: number | null }).version ?? 0;
  }

  compacted(): number {
    return (this.#prepared.compacted.get() as { version: number }).version;
  }

  now(key: Key): Revision | undefined {
    return this.#prepared.now.get({ ...key }) as Revision | undefined;
  }

  page(request: At): Revision[] {
    const statement = request.namespace === undefined ? this.#prepared.pageOfAll : this.#prepared.pageOfOne;
    return statement.all(bindings(request)) as Revision[];
  }

  count(request: At): number {
    const statement = request.namespace === undefined ? this.#prepared.countOfAll : this.#prepared.countOfOne;
    return (statement.get(bindings(request)) as { count: number }).count;
  }

  changes(resource: string, since: number, limit: number): Change[] {
    const rows = this.#prepared.changes.all({ resource, since, limit }) as (Change & { previous: string | null })[];
    return rows.map(({ previous, ...change }) => ({ ...change, ...(previous !== null && { previous }) }));
  }

  supersede(key: Key, version: number): void {
    this.#prepared.supersede.run({ ...key, version });
  }

  insert(row: Revision & { readonly type: string }): void {
    this.#prepared.insert.run({ ...row, superseded: row.type === "DELETED" ? row.version : null });
  }

  by(index: IndexName, text: string, { namespace, limit }: { namespace?: string; limit: number }): Revision[] {
    return this.#prepared[index].all({ text, limit, namespace: namespace ?? null }) as Revision[];
  }

  dependentsOf(owner: string): Key[] {
    return this.#prepared.dependents.all({ owner }) as Key[];
  }

  owners(): string[] {
    return (this.#prepared.owners.all() as { owner: string }[]).map(({ owner }) => owner);
  }

  deleting(): Revision[] {
    return this.#prepared.deleting.all() as Revision[];
  }

  setOwners(key: Key, owners: readonly string[]): void {
    this.#prepared.disown.run({ ...key });
    for (const owner of owners) this.#prepared.own.run({ ...key, owner });
  }

  /** Forgets what was only visible before `version`. */
  compact(version: number): void {
    this.#prepared.forget.run({ version });
    this.#prepared.setCompacted.run({ version });
  }
}

function bindings({ resource, namespace, after, limit, at }: At) {
  return {
    resource,
    at,
    limit,
    ...(namespace === undefined ? { afterNamespace: after?.namespace ?? "" } : { namespace }),
    // A name is never empty, so that the empty one comes before all.
    afterName: after?.name ?? "",
  };
}

function prepare(database: Connection) {
  const by = (index: TextIndex) =>
    database.prepare(
      `SELECT ${columns} FROM revision WHERE ${rowsOf(index)} AND ${textOf(index)} = $text
         AND ($namespace IS NULL OR namespace = $namespace) ${order}`,
    );
  return {
    newest: database.prepare("SELECT max(version) AS version FROM revision"),
    compacted: database.prepare("SELECT version FROM compacted"),
    setCompacted: database.prepare("UPDATE compacted SET version = $version"),
    now: database.prepare(
      `SELECT ${columns} FROM revision WHERE resource = $resource AND namespace = $namespace AND name = $name AND superseded IS NULL`,
    ),
    pageOfAll: database.prepare(`SELECT ${columns} FROM revision WHERE ${selected} ${order}`),
    pageOfOne: database.prepare(`SELECT ${columns} FROM revision WHERE ${inOne} ${order}`),
    countOfAll: database.prepare(`SELECT count(*) AS count FROM revision WHERE ${selected} AND $limit = $limit`),
    countOfOne: database.prepare(`SELECT count(*) AS count FROM revision WHERE ${inOne} AND $limit = $limit`),
    changes: database.prepare(
      `SELECT ${columns}, type,
         (SELECT before.object FROM revision AS before
           WHERE before.resource = now.resource AND before.namespace = now.namespace AND before.name = now.name
             AND before.version < now.version AND now.type <> 'ADDED' ORDER BY before.version DESC LIMIT 1) AS previous
       FROM revision AS now WHERE resource = $resource AND version > $since ORDER BY version LIMIT $limit`,
    ),
    supersede: database.prepare(
      "UPDATE revision SET superseded = $version WHERE resource = $resource AND namespace = $namespace AND name = $name AND superseded IS NULL",
    ),
    insert: database.prepare(
      `INSERT INTO revision (version, resource, namespace, name, type, superseded, object)
       VALUES ($version, $resource, $namespace, $name, $type, $superseded, $text)`,
    ),
    devicesOfNode: by(textIndexes.devicesOfNode),
    devicesOfModel: by(textIndexes.devicesOfModel),
    dependents: database.prepare("SELECT resource, namespace, name FROM dependent WHERE owner = $owner"),
    owners: database.prepare("SELECT DISTINCT owner FROM dependent"),
    deleting: database.prepare(
      `SELECT ${columns} FROM revision WHERE superseded IS NULL AND object ->> '$.metadata.deletionTimestamp' IS NOT NULL`,
    ),
    disown: database.prepare(
      "DELETE FROM dependent WHERE resource = $resource AND namespace = $namespace AND name = $name",
    ),
    own: database.prepare("INSERT OR IGNORE INTO dependent VALUES ($owner, $resource, $namespace, $name)"),
    forget: database.prepare("DELETE FROM revision WHERE superseded IS NOT NULL AND superseded <= $version"),
  };
}
