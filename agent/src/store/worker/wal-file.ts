import { readFileSync } from "node:fs";

/** What a write-ahead log holds as far as can be told without its checksums. */
export interface WalContent {
  /** Length of the file. */
  readonly bytes: number;
  /** False when its header is torn or foreign: SQLite then ignores the whole file. */
  readonly headerIsValid: boolean;
  /**
   * Number of the last frame that ends a commit of the current round, from 1; 0 when there is none. A commit at the very
   * end whose last frame is not whole does not count: its process was killed in the middle of writing it.
   */
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
  const commits: number[] = [0];
  let end = headerBytes;
  for (let number = 1; end + frame <= wal.length; end += frame, number++) {
    if (!wal.subarray(end + 8, end + 16).equals(round)) break; // left over from an earlier round
    if (wal.readUInt32BE(end + 4) !== 0) commits.push(number);
  }
  const lastFrame = (end - headerBytes) / frame;
  // SQLite writes the header of a frame, then its page: killed in between, the mark of the commit is there without it.
  if (commits.at(-1) === lastFrame && lastFrame > 0 && !frameIsWhole(wal, end - frame, frame)) commits.pop();
  return { bytes: wal.length, headerIsValid: true, lastCommit: commits.at(-1) ?? 0 };
}

/** Whether the frame at `at` has the checksum that follows from that of the frame, or the header, before it. */
function frameIsWhole(wal: Buffer, at: number, frame: number): boolean {
  const before = at === headerBytes ? headerBytes - 8 : at - frame + 16;
  const start: Sums = [wal.readUInt32BE(before), wal.readUInt32BE(before + 4)];
  const overHeader = sums(wal, wal.subarray(at, at + 8), start);
  const [first, second] = sums(wal, wal.subarray(at + frameHeaderBytes, at + frame), overHeader);
  return first === wal.readUInt32BE(at + 16) && second === wal.readUInt32BE(at + 20);
}

function headerIsValid(wal: Buffer): boolean {
  if ((wal.readUInt32BE(0) & 0xfffffffe) >>> 0 !== 0x377f0682) return false;
  const [first, second] = sums(wal, wal.subarray(0, 24), [0, 0]);
  return first === wal.readUInt32BE(24) && second === wal.readUInt32BE(28);
}

type Sums = readonly [number, number];

/** Clause 4.2: two running sums over pairs of words, in the byte order that the last bit of the log's magic number tells. */
function sums(wal: Buffer, bytes: Buffer, [start, startOfSecond]: Sums): Sums {
  const isBigEndian = (wal.readUInt32BE(0) & 1) === 1;
  const word = (at: number) => (isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  let first = start;
  let second = startOfSecond;
  for (let at = 0; at < bytes.length; at += 8) {
    first = (first + word(at) + second) >>> 0;
    second = (second + word(at + 4) + first) >>> 0;
  }
  return [first, second];
}
