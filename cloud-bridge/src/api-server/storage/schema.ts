/** Objects that are there, by a text in them. */
export interface TextIndex {
  readonly resource: string;
  /** Path of SQLite's JSON functions. */
  readonly path: string;
}

/** By what objects are found besides their name. The statements repeat the conditions word by word, or SQLite would not use the index. */
export const textIndexes = {
  devicesOfNode: { resource: "devices.devices.kubeedge.io", path: "$.spec.nodeName" },
  devicesOfModel: { resource: "devices.devices.kubeedge.io", path: "$.spec.deviceModelRef.name" },
} as const satisfies Record<string, TextIndex>;

/** Which rows an index is about. */
export const rowsOf = ({ resource }: TextIndex): string => `resource = '${resource}' AND superseded IS NULL`;
export const textOf = ({ path }: TextIndex): string => `object ->> '${path}'`;

/** Made at every start where it is not there: an index holds nothing that the rows do not. */
export const indexes: string = Object.entries(textIndexes)
  .map(([name, index]) => `CREATE INDEX IF NOT EXISTS ${name} ON revision (${textOf(index)}) WHERE ${rowsOf(index)};`)
  .join("\n");

/** What this release writes into `user_version`. */
export const schemaVersion = 1;

/**
 * Every write is a new row; the row before it learns which version took its place. So one insert is the object, the event
 * for watches and the state of the past that a list in pages goes on reading.
 */
export const schema = `
  CREATE TABLE revision (
    version    INTEGER PRIMARY KEY,
    resource   TEXT NOT NULL,
    namespace  TEXT NOT NULL,
    name       TEXT NOT NULL,
    type       TEXT NOT NULL CHECK (type IN ('ADDED', 'MODIFIED', 'DELETED')),
    superseded INTEGER,
    object     TEXT NOT NULL
  );
  CREATE INDEX revision_of ON revision (resource, namespace, name, version);
  CREATE UNIQUE INDEX revision_now ON revision (resource, namespace, name) WHERE superseded IS NULL;
  CREATE INDEX revision_old ON revision (superseded) WHERE superseded IS NOT NULL;
  CREATE INDEX revision_event ON revision (resource, version);
  CREATE TABLE dependent (
    owner     TEXT NOT NULL,
    resource  TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name      TEXT NOT NULL,
    PRIMARY KEY (owner, resource, namespace, name)
  ) WITHOUT ROWID;
  CREATE INDEX dependent_itself ON dependent (resource, namespace, name);
  CREATE TABLE compacted (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL);
  INSERT INTO compacted VALUES (1, 0);
`;
