import { type Field, f } from "@edgetwin/mapper-sdk";

/** MQTT 3.1.1, 1.5.3 and 4.7: no topic is empty, longer than 65,535 bytes, or holds the character NUL. */
const isName = (raw: unknown): raw is string =>
  typeof raw === "string" && raw !== "" && Buffer.byteLength(raw) < 65_536 && !raw.includes("\0");

/** The name of one topic, e.g. `stat/plug/POWER`. */
export const topicField: Field<string, string> = f.custom("a topic without + and #", (raw) =>
  isName(raw) && !/[+#]/.test(raw) ? raw : undefined,
) as Field<string, string>;

/** A filter for topics: `+` stands for one level, `#` at the end for all that follow (MQTT 3.1.1, 4.7.1). */
export function isTopicFilter(raw: unknown): raw is string {
  if (!isName(raw)) return false;
  const levels = raw.split("/");
  return levels.every(
    (level, index) => !/[+#]/.test(level) || level === "+" || (level === "#" && index === levels.length - 1),
  );
}

/** Whether `filter` asks for `topic`. Wildcards do not reach topics that begin with `$` (MQTT 3.1.1, 4.7.2). */
export function topicMatches(filter: string, topic: string): boolean {
  if (filter === topic) return true;
  if (topic.startsWith("$") && /^[+#]/.test(filter)) return false;
  const wanted = filter.split("/");
  const given = topic.split("/");
  for (const [index, level] of wanted.entries()) {
    if (level === "#") return given.length >= index;
    if (index >= given.length || (level !== "+" && level !== given[index])) return false;
  }
  return wanted.length === given.length;
}
