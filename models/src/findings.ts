import { formatIssue, type Issue } from "./issue.ts";

type Finding = Omit<Issue, "severity">;

/** Collects what is wrong and what deserves a look, so that people get all of it at once. */
export class Findings {
  readonly #issues: Issue[] = [];

  error(finding: Finding): void {
    this.#issues.push({ severity: "error", ...finding });
  }

  warn(finding: Finding): void {
    this.#issues.push({ severity: "warning", ...finding });
  }

  /** Everything found so far, in order. */
  get issues(): readonly Issue[] {
    return this.#issues;
  }

  /** Throws what `wrap` makes of the errors, if there are any. */
  throwErrors(wrap: (errors: readonly Issue[]) => Error): void {
    const errors = this.#issues.filter(({ severity }) => severity === "error");
    if (errors.length > 0) throw wrap(errors);
  }

  /** The warnings as lines. */
  warnings(): string[] {
    return this.#issues.filter(({ severity }) => severity === "warning").map(formatIssue);
  }
}
