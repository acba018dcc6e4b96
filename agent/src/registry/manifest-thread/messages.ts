import type { Issue, ModelErrorCode, Resource } from "@edgetwin/models";

/** What the thread is started with: one text. */
export interface ManifestText {
  readonly text: string;
  readonly file?: string;
}

/** What it answers before it ends. */
export type ManifestAnswer =
  | { readonly resources: Resource[]; readonly warnings: string[] }
  | { readonly code: ModelErrorCode; readonly issues: readonly Issue[] };
