import { formatIssue, type Issue } from "./issue.ts";

/**
 * Every error this package throws on purpose. docs/reference/device-api.md explains each; a test compares the two.
 * Values that do not fit their property throw the SDK's `MapperError` `VALUE_INVALID` instead.
 */
export const modelErrors = {
  /** The text is neither YAML nor JSON, or says what JSON cannot. */
  MANIFEST_SYNTAX: "the text cannot be read",
  /** A resource does not fit the schema of its API version. */
  MANIFEST_INVALID: "the manifest does not fit the device API",
  /** The parts of a DeviceModel contradict each other, e.g. its minimum is above its maximum. */
  MODEL_INVALID: "the device model cannot be used",
  /** The API version that was asked for has no such resource. */
  CONVERSION_UNSUPPORTED: "the resource has no form in that API version",
} as const;

export type ModelErrorCode = keyof typeof modelErrors;

/** The one error class of this package. The code is the contract; `issues` say everything that was wrong, in order. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  readonly code: ModelErrorCode;
  readonly issues: readonly Issue[];

  constructor(code: ModelErrorCode, issues: readonly Issue[], options?: ErrorOptions) {
    super(issues.length > 0 ? issues.map(formatIssue).join("\n") : modelErrors[code], options);
    this.code = code;
    this.issues = issues;
  }
}
