/** One step of the schema. Once released it never changes; a correction is the next step. */
export interface Migration {
  /** Position, from 1 without gaps; equals `PRAGMA user_version` afterwards. */
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}
