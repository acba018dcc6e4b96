/**
 * Every error this package throws on purpose. docs/reference/errors.md explains each; a test compares the two.
 */
export const createErrors = {
  /** The name of the mapper cannot be that of a package, a folder and a constant. */
  NAME_INVALID: "the name cannot be used",
  /** A property is not written as NAME:TYPE:ACCESS, or cannot be had twice. */
  PROPERTY_INVALID: "a property cannot be used",
  /** The manifest given as the model cannot be read, or holds no model that fits. */
  MODEL_INVALID: "the model cannot be used",
  /** The protocol is not known, or cannot do what the properties ask for. */
  PROTOCOL_INVALID: "the protocol cannot be used",
  /** Something has to be given on the command line, because nobody can be asked. */
  OPTION_MISSING: "an option is missing",
  /** The folder is in use or cannot be written. */
  FOLDER_UNUSABLE: "the folder cannot be used",
} as const;

export type CreateErrorCode = keyof typeof createErrors;

/** The one error class of this package. The code is the contract; the message names the thing, the value and the fix. */
export class CreateError extends Error {
  override readonly name = "CreateError";
  readonly code: CreateErrorCode;

  constructor(code: CreateErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
