import type { Clock } from "./clock.ts";
import type { Board } from "./hal.ts";
import { type Output, parse, type Schema } from "./schema.ts";

/** The world a board is extended in. */
export interface ExtensionEnvironment {
  readonly clock: Clock;
  /** Where the settings stand, for messages: `"board.extensions.0.settings"`. */
  readonly where?: string;
}

/** Gives a board lines or ports that another chip has; `board.extensions` of the agent's configuration names it. */
export interface BoardExtension {
  readonly kind: "board-extension";
  /** Name in the configuration, e.g. `"mcp23017"`. */
  readonly name: string;
  /**
   * `board` with what the extension adds; owns `board`. Touches no hardware: that is reached when something of it is claimed.
   * @throws MapperError `CONFIG_INVALID` naming every setting that does not fit.
   */
  extend(board: Board, settings: unknown, environment: ExtensionEnvironment): Board;
}

/** What an author of an extension declares; see {@link defineBoardExtension}. */
export interface BoardExtensionDefinition<S extends Schema> {
  readonly name: string;
  readonly settings: S;
  extend(
    board: Board,
    settings: Output<S>,
    environment: Required<Pick<ExtensionEnvironment, "clock" | "where">>,
  ): Board;
}

/** Declares an extension of boards, whose settings are checked before `extend` sees them. */
export function defineBoardExtension<S extends Schema>(definition: BoardExtensionDefinition<S>): BoardExtension {
  return {
    kind: "board-extension",
    name: definition.name,
    extend(board, settings, { clock, where = "settings" }) {
      return definition.extend(board, parse(definition.settings, settings ?? {}, where), { clock, where });
    },
  };
}
