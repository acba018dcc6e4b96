/** Nesting deeper than any service has; beyond it bytes only look like tags. */
const deepest = 16;

/** A tag as it stands before its contents (ASHRAE 135 20.2.1). */
export interface Tag {
  readonly number: number;
  readonly context: boolean;
  readonly form: "value" | "opening" | "closing";
  /** Length of the contents; for an application BOOLEAN, whose value is in the tag, its value. */
  readonly length: number;
  /** Where the contents begin. */
  readonly start: number;
}

/** The tag at `offset`; undefined when the bytes end within it. */
export function tagAt(bytes: Uint8Array, offset: number): Tag | undefined {
  const first = bytes[offset];
  if (first === undefined) return undefined;
  let start = offset + 1;
  let number = first >> 4;
  if (number === 15) {
    number = bytes[start++] ?? Number.NaN;
    if (Number.isNaN(number)) return undefined;
  }
  const context = (first & 0x08) !== 0;
  const bits = first & 0x07;
  if (context && (bits === 6 || bits === 7))
    return { number, context, form: bits === 6 ? "opening" : "closing", length: 0, start };
  if (bits < 5) return { number, context, form: "value", length: bits, start };
  if (bits > 5) return undefined;
  const next = bytes[start++];
  if (next === undefined) return undefined;
  if (next < 254) return { number, context, form: "value", length: next, start };
  const size = next === 254 ? 2 : 4;
  if (start + size > bytes.length) return undefined;
  let length = 0;
  for (let index = 0; index < size; index++) length = length * 256 + (bytes[start++] as number);
  return { number, context, form: "value", length, start };
}

/** Number of the application tag whose value is in the tag itself (20.2.3). */
const booleanTag = 1;

/** Where the contents of a tag end. */
export const endOf = ({ number, context, form, length, start }: Tag): number =>
  form !== "value" || (number === booleanTag && !context) ? start : start + length;

/**
 * Whether `bytes` are whole tags whose pairs match. The libraries assume it: of what is not, they throw on some and take
 * some for values, so it is kept from them.
 */
export function areWellFormed(bytes: Uint8Array): boolean {
  const open: number[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const tag = tagAt(bytes, offset);
    if (!tag) return false;
    if (tag.form === "opening") {
      if (open.push(tag.number) > deepest) return false;
    } else if (tag.form === "closing" && open.pop() !== tag.number) return false;
    offset = endOf(tag);
    if (offset > bytes.length) return false;
  }
  return open.length === 0;
}
