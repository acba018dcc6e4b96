/** A value that a command takes by position. */
export interface Argument<Completes extends string = string> {
  /** As shown in help, e.g. `DEVICE`. */
  readonly name: string;
  readonly description: string;
  readonly optional?: true;
  /** Takes all that are left, at least one. */
  readonly many?: true;
  /** The only values it takes. */
  readonly choices?: readonly string[];
  /** What the shell offers for it. */
  readonly completes?: Completes;
}

/** A `--name` that a command takes. */
export interface Option {
  readonly name: string;
  readonly short?: string;
  readonly description: string;
  /** What it takes, as shown in help, e.g. `DURATION`; a switch when left out. */
  readonly value?: string;
  /** The value when it is given without one: `--wait` means `--wait=verified`. */
  readonly implied?: string;
  /** May be given several times; the values are joined with this: a comma for words, a line end for paths. */
  readonly repeats?: "," | "\n";
  readonly choices?: readonly string[];
  readonly completes?: "file";
}

/** One subcommand; parser, help, completion and the reference are made from it. */
export interface CommandSyntax<Completes extends string = string> {
  /** One or two words. */
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly arguments: readonly Argument<Completes>[];
  readonly options: readonly Option[];
  readonly examples: readonly string[];
}

/** What a command line may say. */
export interface Grammar<Command extends CommandSyntax = CommandSyntax> {
  /** As it is typed: `edgetwin`. */
  readonly program: string;
  /** What it is, in a few words. */
  readonly about: string;
  /** One of them is `help`. */
  readonly commands: readonly Command[];
  /** Options that every command takes, before or after its name. */
  readonly globals: readonly Option[];
  /** What each exit code means. */
  readonly exitCodes: Readonly<Record<number, string>>;
  /** The error for a command line that cannot be understood. */
  problem(message: string): Error;
}
