import { BridgeError } from "../errors.ts";

/** No object of an API server is as long: etcd takes 1.5 MB. */
const longestLine = 16 * 1024 * 1024;

/** One value for each line of a stream of JSON lines; an empty line is skipped. Rejects with `KUBERNETES` for what is no JSON. */
export async function* jsonLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<unknown, void, undefined> {
  const decoder = new TextDecoder();
  // Collected as parts: appending to a long text again and again would copy it for each chunk.
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const lines = decoder.decode(chunk, { stream: true }).split("\n");
    for (const [index, text] of lines.entries()) {
      if (index > 0) {
        const line = parts.join("");
        parts = [];
        length = 0;
        if (line.trim() !== "") yield parseLine(line);
      }
      if (text === "") continue;
      parts.push(text);
      length += text.length;
      if (length > longestLine)
        throw new BridgeError("KUBERNETES", `a watch sent a line of more than ${longestLine} bytes`);
    }
  }
  const rest = parts.join("");
  if (rest.trim() !== "") yield parseLine(rest);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new BridgeError("KUBERNETES", `a watch sent what is no JSON: ${line.slice(0, 100)}`, { cause });
  }
}
