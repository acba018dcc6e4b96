// The reference of a package: one page per concept, written from the doc comments of its declarations.
import { docText, tagsOf } from "./doc-comment.mjs";
import { flat, keyOf } from "./entries.mjs";
import { pageOf, pages } from "./pages.mjs";

const note =
  "<!-- Written from the doc comments by `node scripts/api-report.mjs`; edit those, or scripts/api/pages.mjs. -->";
const kinds = ["function", "const", "class", "interface", "type"];

/** The pages by file name, as text. */
export function referenceOf(entries) {
  const placed = placesOf(entries);
  const texts = pages.map(({ page, title, about }) => {
    const items = [...placed.values()].filter((item) => item.page === page).toSorted(byWeight);
    return [`${page}.md`, [`# ${title}`, note, about, ...items.map((item) => section(item, placed))].join("\n\n")];
  });
  return new Map([["names.md", indexOf(placed)], ...texts].map(([name, text]) => [name, `${text.trimEnd()}\n`]));
}

/** Every public name once: where it is explained, and by which entries it is exported. */
export function placesOf(entries) {
  const placed = new Map();
  for (const { entry, names } of entries) {
    for (const one of flat(names)) {
      const place = placed.get(keyOf(one)) ?? { ...one, page: pageOf(one.file, one.as).page, entries: [] };
      place.entries.push(entry);
      placed.set(keyOf(one), place);
    }
  }
  return placed;
}

/** What is called comes before what is passed; files in the order of the page, names as they are declared. */
function byWeight(a, b) {
  const weight = ({ file, declaration: { kind } }) => [
    kinds.indexOf(kind) < 3 ? 0 : 1,
    pageOf(file).files.findIndex((one) => file.startsWith(`src/${one}`)),
  ];
  const [left, right] = [weight(a), weight(b)];
  return left[0] - right[0] || left[1] - right[1] || (a.file < b.file ? -1 : a.file > b.file ? 1 : a.at - b.at);
}

function section(item, placed) {
  const { declaration, as, mentions, entries } = item;
  const tags = tagsOf(declaration.doc);
  const see = mentions.flatMap((one) => placed.get(keyOf(one)) ?? []).filter((one) => one.as !== as);
  return [
    `## ${as}`,
    tags.text && linked(docText(tags.text), item, placed),
    ...list(tags.params.map(({ name, text }) => `\`${name}\`: ${linked(text, item, placed)}`)),
    tags.returns && `Returns ${linked(tags.returns, item, placed)}`,
    ...list(tags.throws.map((text) => `Throws ${linked(text, item, placed)}`)),
    `\`\`\`ts declaration\n${signature(declaration)}\n\`\`\``,
    `From ${entries.map((entry) => `\`${entry}\``).join(" and ")}.${
      see.length > 0 ? ` See ${unique(see.map((one) => linkTo(one, item))).join(", ")}.` : ""
    }`,
  ]
    .filter(Boolean)
    .join("\n\n");
}

const list = (lines) => (lines.length > 0 ? [lines.map((line) => `- ${line}`).join("\n")] : []);
const unique = (items) => [...new Set(items)];
const linkTo = (to, from) => `[\`${to.as}\`](${to.page === from.page ? "" : `${to.page}.md`}#${to.as.toLowerCase()})`;

/** Names in `{@link …}` become links where they are public, code where not. */
function linked(text, item, placed) {
  return text.replace(/\{@link ([\w$.]+)\}/g, (_, name) => {
    const to = [...placed.values()].find((one) => one.as === name.split(".")[0]);
    return to && !name.includes(".") ? linkTo(to, item) : `\`${name}\``;
  });
}

/** The declaration with the comments of its members. */
const signature = ({ text, fromSource }) =>
  (fromSource ? text : text.replace(/^(?: {4})+/gm, (spaces) => spaces.slice(spaces.length / 2)))
    .replace(/^(export )?declare /gm, "$1")
    .replace(/^ *#private;\n/m, "")
    .replace(/\bimport\("[^"]+"\)\./g, "")
    .replace(/\{@link ([\w$.]+)\}/g, "`$1`");

function indexOf(placed) {
  const items = [...placed.values()].toSorted((a, b) => compare(a.as, b.as) || compare(a.page, b.page));
  const lines = items.map((one) => `- ${linkTo(one, { page: "names" })}: ${firstSentence(one, placed)}`);
  const contents = pages.map(({ page, title }) => `- [${title}](${page}.md)`);
  const about = "Every name that `@edgetwin/mapper-sdk` and its entries export, and the page that explains it.";
  return ["# Names of the SDK", note, about, contents.join("\n"), "## By the alphabet", lines.join("\n")].join("\n\n");
}

function firstSentence(one, placed) {
  const text = docText(tagsOf(one.declaration.doc).text).replace(/\s+/g, " ");
  const sentence = /^.*?(?:[.;](?= |$)|$)/.exec(text)?.[0] ?? text;
  return linked(sentence.replace(/[.;]$/, ""), { page: "names" }, placed);
}

const compare = (a, b) => a.toLowerCase().localeCompare(b.toLowerCase(), "en");
