// Doc comments: what they say, without stars, and their tags.

/** The text of a doc comment before its tags, its parameters, what it returns and what it throws. */
export function tagsOf(comment) {
  const plain = comment
    .replace(/^\/\*\*\s?|\s*\*\/$/g, "")
    .replace(/^ *\* ?/gm, "")
    .trim();
  // A tag may follow a sentence on the same line; `{@link` is none.
  const [text = "", ...rest] = plain.split(/(?:^|\s)@(?=(?:param|returns|throws|example|typedef)\b)/);
  const tags = { text: text.trim(), params: [], throws: [], returns: "" };
  for (const tag of rest) {
    const [, word, body] = /^(\w+)\s*([\s\S]*)$/.exec(tag.trim()) ?? [];
    const said = docText(body ?? "").replace(/\s+/g, " ");
    if (word === "param") {
      const [, name, about] = /^(?:\{[^}]*\}\s*)?([\w.$]+)\s*([\s\S]*)$/.exec(said) ?? [];
      tags.params.push({ name, text: (about ?? "").replace(/^-\s*/, "") });
    } else if (word === "returns") tags.returns = said;
    else if (word === "throws") tags.throws.push(said);
    else throw new Error(`a doc comment has a tag that nobody shows: @${word} ${said}`);
  }
  return tags;
}

/** Markdown as it stands, trimmed; angle brackets outside of code would be taken for HTML. */
export const docText = (text) =>
  text
    .trim()
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 ? part : part.replaceAll("<", "&lt;")))
    .join("");
