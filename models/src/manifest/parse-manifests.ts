import { ModelError } from "../errors.ts";
import { Findings } from "../findings.ts";
import { formatIssue, type Issue } from "../issue.ts";
import { apiGroup, kinds, type Resource } from "../resource.ts";
import type { Path } from "../schema/check.ts";
import { labelOf, resourceOf } from "./validate-resource.ts";
import { readYaml, type YamlDocument } from "./yaml-text.ts";

/**
 * The device resources in a YAML or JSON text, in their order, each as it was written: nothing is dropped or filled in.
 * The text may hold several documents and `List`s. Other resources (Deployment, ConfigMap, …) are skipped with a
 * warning. Whole numbers beyond 2^53 are `bigint`.
 *
 * @throws ModelError `MANIFEST_SYNTAX` or `MANIFEST_INVALID` naming file, line, path, value and fix of everything that
 * is wrong in the whole text.
 */
export async function parseManifests(
  text: string,
  { file }: { readonly file?: string } = {},
): Promise<{ resources: Resource[]; warnings: string[] }> {
  const located = (issue: Issue): Issue => ({ ...(file !== undefined && { file }), ...issue });
  const syntax = new Findings();
  const documents = await readYaml(text.replace(/^\uFEFF/, ""), syntax);
  syntax.throwErrors((errors) => new ModelError("MANIFEST_SYNTAX", errors.map(located)));

  const issues: Issue[] = [...syntax.issues];
  const resources = documents.flatMap(itemsOf).flatMap(({ value, line, lineOf }) => {
    const findings = new Findings();
    const resource = resourceOf(value, { findings, lineOf });
    const label = labelOf(value);
    issues.push(
      ...findings.issues.map((issue) => ({
        line: lineOf([issue.path.replace(/\..*/, "")]) ?? line,
        ...issue,
        ...(label && { resource: label }),
      })),
    );
    return resource ? [resource] : [];
  });
  const all = issues.map(located);
  const errors = all.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new ModelError("MANIFEST_INVALID", errors);
  const warnings = all.map(formatIssue);
  if (documents.length === 0)
    warnings.push(formatIssue(located({ severity: "warning", path: "", message: "there is no resource in it" })));
  return { resources, warnings };
}

const listKinds = new Map<unknown, string | undefined>([
  ["List", undefined],
  ...kinds.map((kind) => [`${kind}List`, kind] as const),
]);

/** The document itself, or its items when it is a list as `kubectl get -o yaml` prints it. */
function itemsOf(document: YamlDocument): YamlDocument[] {
  const { value, lineOf } = document;
  const { kind, apiVersion, items } = value as { kind?: unknown; apiVersion?: unknown; items?: unknown };
  const isList =
    Array.isArray(items) && listKinds.has(kind) && (kind === "List" || String(apiVersion).startsWith(apiGroup));
  if (!isList) return [document];
  // A typed list as the API server answers it does not repeat apiVersion and kind in its items.
  const inherited = kind === "List" ? {} : { apiVersion, kind: listKinds.get(kind) };
  return items.map((item: unknown, index) => {
    const isObject = typeof item === "object" && item !== null && !Array.isArray(item);
    const below = (path: Path) => lineOf(["items", index, ...path]);
    return { value: isObject ? { ...inherited, ...item } : item, line: below([]) ?? document.line, lineOf: below };
  });
}
