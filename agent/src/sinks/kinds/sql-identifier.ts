import { createHash } from "node:crypto";

/**
 * A name between backticks, as MySQL, MariaDB and TDengine write any name: backticks inside are doubled, control
 * characters, which some of them cannot hold, and characters beyond the basic plane become `_`, and a name that is too
 * long ends in a hash of the whole.
 *
 * @param longest most characters the database takes; 64 for MySQL, 192 for TDengine.
 */
export function quoteIdentifier(name: string, longest: number): string {
  const fitting =
    name.replace(/\p{Cc}|\p{Cs}|[\u{10000}-\u{10FFFF}]/gu, "_").replace(/ +$/, (blanks) => "_".repeat(blanks.length)) ||
    "_";
  const short = fitting.length <= longest ? fitting : `${fitting.slice(0, longest - 13)}-${hashOf(name)}`;
  return `\`${short.replaceAll("`", "``")}\``;
}

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 12);
