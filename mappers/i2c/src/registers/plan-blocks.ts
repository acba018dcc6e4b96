/** Where one value lies. */
export interface Span {
  readonly name: string;
  readonly register: number;
  readonly length: number;
}

/** One read of several values. */
export interface Block {
  readonly register: number;
  readonly length: number;
  readonly spans: readonly Span[];
}

/**
 * The fewest reads that fetch all spans without a register between them that nobody wants: reading a register may change
 * a chip. Adjacent and overlapping spans go together while the block stays within `maxBytes`.
 */
export function planBlocks(spans: readonly Span[], maxBytes: number): readonly Block[] {
  const blocks: { register: number; length: number; spans: Span[] }[] = [];
  for (const span of spans.toSorted((a, b) => a.register - b.register || a.length - b.length)) {
    const block = blocks.at(-1);
    const end = span.register + span.length;
    const fits = block && span.register <= block.register + block.length && end - block.register <= maxBytes;
    if (!fits) blocks.push({ register: span.register, length: span.length, spans: [span] });
    else {
      block.length = Math.max(block.length, end - block.register);
      block.spans.push(span);
    }
  }
  return blocks;
}
