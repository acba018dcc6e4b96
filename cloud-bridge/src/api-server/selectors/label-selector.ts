import { badRequest } from "../failures.ts";

/** Whether labels are selected. */
export type LabelSelector = (labels: Readonly<Record<string, string>>) => boolean;

type Requirement = LabelSelector;

const key = "((?:[A-Za-z0-9][-A-Za-z0-9.]*/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)";
const setBased = new RegExp(`^${key}\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const equality = new RegExp(`^${key}\\s*(==|=|!=|>|<)\\s*([-A-Za-z0-9_.]*)$`);
const existence = new RegExp(`^(!?)\\s*${key}$`);

/**
 * Reads a `labelSelector`: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, `a>1`, joined by commas.
 *
 * @throws BridgeError `KUBERNETES` 400 naming the requirement that cannot be read.
 */
export function parseLabelSelector(text: string): LabelSelector {
  const requirements = split(text).map(requirementOf);
  return (labels) => requirements.every((requirement) => requirement(labels));
}

/** Commas inside brackets belong to the values of a set. */
function split(text: string): string[] {
  if (text.trim() === "") return [];
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}

function requirementOf(text: string): Requirement {
  const set = setBased.exec(text);
  if (set) return inSet(set[1] as string, set[2] as string, (set[3] as string).split(","));
  const equal = equality.exec(text);
  if (equal) return compared(equal[1] as string, equal[2] as string, equal[3] as string);
  const exists = existence.exec(text);
  if (exists) return (labels) => Object.hasOwn(labels, exists[2] as string) === (exists[1] === "");
  throw badRequest(
    `unable to parse requirement: found '${text}', expected a label selector such as a=b, a in (b,c) or !a`,
  );
}

function inSet(name: string, operator: string, values: readonly string[]): Requirement {
  const wanted = new Set(values.map((value) => value.trim()));
  return (labels) =>
    wanted.has(labels[name] ?? "") && Object.hasOwn(labels, name) ? operator === "in" : operator !== "in";
}

function compared(name: string, operator: string, value: string): Requirement {
  if (operator === "!=") return (labels) => labels[name] !== value;
  if (operator === ">") return (labels) => Object.hasOwn(labels, name) && Number(labels[name]) > Number(value);
  if (operator === "<") return (labels) => Object.hasOwn(labels, name) && Number(labels[name]) < Number(value);
  return (labels) => labels[name] === value;
}
