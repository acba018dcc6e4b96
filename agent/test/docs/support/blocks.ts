import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the workspace, seen from the compiled file. */
export const workspace = fileURLToPath(new URL("../../../../../", import.meta.url));

/** A block of code in a page of the documentation. */
export interface Block {
  /** Path of the page below the workspace. */
  readonly page: string;
  readonly line: number;
  /** What stands behind the opening fence, e.g. `"sh run"`; empty for drawings and output. */
  readonly kind: string;
  readonly text: string;
}

/** The blocks of all pages: everything below `docs/`, and every README. */
export function allBlocks(): Block[] {
  return pagesBelow("").flatMap((page) => blocksOf(page, readFileSync(join(workspace, page), "utf8")));
}

function pagesBelow(folder: string): string[] {
  return readdirSync(join(workspace, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return /^(?:node_modules|dist|\..*)$/.test(entry.name) ? [] : pagesBelow(path);
    return entry.name === "README.md" || /^docs\/.*\.md$/.test(path) ? [path] : [];
  });
}

/** What sentences name as commands of ours: `edgetwin …` in code, outside of blocks. */
export function namedCommands(): Block[] {
  return pagesBelow("").flatMap((page) => {
    const text = readFileSync(join(workspace, page), "utf8").replace(/^ *```.*?^ *```/gms, (block) =>
      block.replace(/[^\n]/g, ""),
    );
    return [...text.matchAll(/`((?:npx )?edgetwin [^`]+)`/g)].map(({ 1: command = "", index }) => {
      return { page, line: text.slice(0, index).split("\n").length, kind: "", text: command.replace(/\s+/g, " ") };
    });
  });
}

/** The blocks of one page. @throws Error when a fence is not closed. */
export function blocksOf(page: string, markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: { line: number; kind: string; lines: string[] } | undefined;
  for (const [index, line] of markdown.split("\n").entries()) {
    const fence = /^\s*```(.*)$/.exec(line);
    if (fence && open) {
      blocks.push({ page, line: open.line, kind: open.kind, text: `${open.lines.join("\n")}\n` });
      open = undefined;
    } else if (fence) open = { line: index + 1, kind: (fence[1] ?? "").trim(), lines: [] };
    else open?.lines.push(line);
  }
  if (open) throw new Error(`${page}:${open.line}: the block does not end`);
  return blocks;
}
