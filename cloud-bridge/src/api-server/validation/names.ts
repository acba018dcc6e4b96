const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomain = `${label}(\\.${label})*`;
const qualifiedName = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const labelText = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";

const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`);
const subdomainOnly = whole(subdomain);
const labelOnly = whole(label);
const qualifiedOnly = whole(qualifiedName);
const labelTextOnly = whole(labelText);

/** Says what is wrong with a name; nothing when it is fine. */
export type NameRule = (name: string) => string[];

/** RFC 1123 subdomain, the rule for most names. */
export const subdomainRule: NameRule = (name) => [
  ...(name.length > 253 ? ["must be no more than 253 characters"] : []),
  ...(subdomainOnly.test(name)
    ? []
    : [
        `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`,
      ]),
];

/** RFC 1123 label, the rule for namespaces. */
export const labelRule: NameRule = (name) => [
  ...(name.length > 63 ? ["must be no more than 63 characters"] : []),
  ...(labelOnly.test(name)
    ? []
    : [
        `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`,
      ]),
];

/** Names of labels, annotations and finalizers: `name` or `domain/name`. */
export const qualifiedRule: NameRule = (name) => {
  const parts = name.split("/");
  const last = parts.at(-1) as string;
  const problem = `a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedName}')`;
  if (parts.length > 2) return [`${problem} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  return [
    ...(parts.length === 2 ? subdomainRule(parts[0] as string).map((text) => `prefix part ${text}`) : []),
    ...(last.length > 63 ? ["name part must be no more than 63 characters"] : []),
    ...(qualifiedOnly.test(last)
      ? []
      : [last === "" ? "name part must be non-empty" : problem.replace("a qualified name", "name part")]),
  ];
};

/** Values of labels. */
export const labelTextRule: NameRule = (value) => [
  ...(value.length > 63 ? ["must be no more than 63 characters"] : []),
  ...(labelTextOnly.test(value)
    ? []
    : [
        `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${labelText}')`,
      ]),
];
