/** Some of the past of one property, in one tier. */
export interface HistoryRow {
  /** The device's uid. */
  readonly device: string;
  readonly property: string;
  readonly tier: number;
  /** Wall-clock milliseconds of what it begins with. */
  readonly start: number;
  /** The business of whoever stores it. */
  readonly body: Uint8Array;
}

/** Which rows are wanted. */
export interface HistoryQuery {
  readonly device: string;
  readonly property: string;
  readonly tier: number;
  /** The newest row that begins no later than this comes too: it says what held. */
  readonly from: number;
  readonly to: number;
}

/** What is to be written, and what is old by then. */
export interface HistoryAppend {
  readonly rows: readonly HistoryRow[];
  /** By tier: rows of the written properties that begin before this time go. */
  readonly forgetBefore: readonly number[];
  /** The file may take this many bytes; the oldest rows of the finest tier go first. */
  readonly maxBytes: number;
}

/** What an append did. */
export interface HistoryAppended {
  /** Handed to the file system. */
  readonly bytes: number;
  /** Size of the file. */
  readonly fileBytes: number;
}

/**
 * The past of properties on the card, in a file of its own that the storage thread serves. What was appended survives the death of
 * the process; it reaches the card when the operating system writes it. All methods reject with an Error that has a `code`
 * when the disk does not let us; twins are not touched by that.
 */
export interface HistoryStorage {
  append(request: HistoryAppend): Promise<HistoryAppended>;
  /** Bodies in order of their time. */
  read(query: HistoryQuery): Promise<readonly Uint8Array[]>;
  /** Forgets a device with everything. */
  forget(device: string): Promise<void>;
  /** What was found wrong with the file and done about it since the last call. */
  notice(): Promise<string | undefined>;
}
