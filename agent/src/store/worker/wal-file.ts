import { readFileSync } from "node:fs";

/** What a write-ahead log holds as far as can be told without its checksums. */
export interface WalContent {
  /** Length of the file. */
  readonly bytes: number;
  /** False when its header is torn or foreign: SQLite then ignores the whole file. */
  readonly headerIsValid: boolean;
  /** Number of the last frame that ends a commit of the current round, from 1; 0 when there is none. */
  readonly lastCommit: number;
}

const headerBytes = 32;
const frameHeaderBytes = 24;

/**
 * Looks into the log at `path` before SQLite does. SQLite silently stops at the first frame whose checksum is wrong
 * (that is how a torn write after a power cut is meant to end); comparing `lastCommit` with what it took over tells
 * whether commits were lost behind it.
 *
 * @returns undefined when there is no log.
 * @see https://www.sqlite.org/fileformat2.html clause 4
 */
export function readWal(path: string): WalContent | undefined {
  let wal: Buffer;
  try {
    wal = readFileSync(path);
  } catch {
    return undefined; // absent, or unreadable: SQLite will say so in its own words
  }
  if (wal.length < headerBytes) return { bytes: wal.length, headerIsValid: wal.length === 0, lastCommit: 0 };
  if (!headerIsValid(wal)) return { bytes: wal.length, headerIsValid: false, lastCommit: 0 };
  const frame = wal.readUInt32BE(8) + frameHeaderBytes;
  const round = wal.subarray(16, 24);
  let lastCommit = 0;
  for (let at = headerBytes, number = 1; at + frame <= wal.length; at += frame, number++) {
    if (!wal.subarray(at + 8, at + 16).equals(round)) break; // left over from an earlier round
    if (wal.readUInt32BE(at + 4) !== 0) lastCommit = number;
  }
  return { bytes: wal.length, headerIsValid: true, lastCommit };
}

/** Clause 4.2: two running sums over the first 24 bytes, in the byte order that the last bit of the magic number tells. */
function headerIsValid(wal: Buffer): boolean {
  const magic = wal.readUInt32BE(0);
  if ((magic & 0xfffffffe) >>> 0 !== 0x377f0682) return false;
  const word = (at: number) => (magic & 1 ? wal.readUInt32BE(at) : wal.readUInt32LE(at));
  let first = 0;
  let second = 0;
  for (let at = 0; at < 24; at += 8) {
    first = (first + word(at) + second) >>> 0;
    second = (second + word(at + 4) + first) >>> 0;
  }
  return first === wal.readUInt32BE(24) && second === wal.readUInt32BE(28);
}
