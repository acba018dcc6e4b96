// Links in the documentation lead somewhere, and every page can be found.
import assert from "node:assert/strict";
import { posix } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readTree } from "../../scripts/architecture.mjs";

const repository = readTree(fileURLToPath(new URL("../..", import.meta.url)));

/** The text without blocks of code, whose brackets are no links. */
const prose = (text) => text.replace(/^```.*?^```/gms, "");

/** Relative links of a page: as written, and where in the tree they lead. */
function linksOf(page, text) {
  return [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [path, heading] = link.split("#");
    const target = path === "" ? page : posix.normalize(posix.join(posix.dirname(page), path)).replace(/\/$/, "");
    return [{ link, target, heading }];
  });
}

/** The anchors that GitHub makes of a page's headings. */
function anchorsOf(text) {
  const headings = [...prose(text).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading.toLowerCase());
  return headings.map((heading) => heading.replace(/[^\p{L}\p{N}\-_ ]/gu, "").replaceAll(" ", "-"));
}

/** Links of all pages that lead nowhere, one line each. */
function brokenLinks(tree) {
  const folders = new Set([...tree.keys()].flatMap((path) => parentsOf(path)));
  return [...tree].flatMap(([page, text]) => {
    if (!page.endsWith(".md")) return [];
    return linksOf(page, text).flatMap(({ link, target, heading }) => {
      const file = tree.get(target);
      if (file === undefined && !folders.has(target)) return [`${page}: there is no ${link}`];
      if (heading === undefined || (file !== undefined && anchorsOf(file).includes(heading))) return [];
      return [`${page}: ${link}: there is no such heading`];
    });
  });
}

const parentsOf = (path) => path.split("/").map((_, index, parts) => parts.slice(0, index).join("/") || ".");

/** Pages below docs/ that docs/README.md does not lead to. */
function unlistedPages(tree) {
  const index = "docs/README.md";
  const listed = new Set(linksOf(index, tree.get(index) ?? "").map(({ target }) => target));
  return [...tree.keys()].filter((path) => /^docs\/.*\.md$/.test(path) && path !== index && !listed.has(path));
}

test("every relative link of a Markdown page leads to a file, a folder or a heading", async () =>
  assert.deepEqual(brokenLinks(await repository), []));

test("docs/README.md leads to every page of the documentation", async () =>
  assert.deepEqual(unlistedPages(await repository), []));

test("a link to nothing is found, whether file, folder or heading is missing", () => {
  const tree = new Map([
    ["README.md", "[a](docs/a.md) [b](docs) [c](docs/) [d](https://example.org/x) [e](#title)\n# Title\n"],
    ["docs/a.md", "[up](../README.md#title) [gone](b.md) [folder](../src/) [heading](../README.md#titel)\n"],
    ["docs/c.md", "```\n[no](link)\n```\n"],
  ]);
  assert.deepEqual(brokenLinks(tree), [
    "docs/a.md: there is no b.md",
    "docs/a.md: there is no ../src/",
    "docs/a.md: ../README.md#titel: there is no such heading",
  ]);
  assert.deepEqual(unlistedPages(tree), ["docs/a.md", "docs/c.md"]);
});
