import { defineBoardExtension, f, fields } from "@edgetwin/mapper-sdk";
import { addressField, busField } from "./connection.ts";
import { withExpanders } from "./with-expanders.ts";

/** Lines of an MCP23017 as lines of the board, by `board.extensions` of the agent's configuration. */
export const mcp23017Expander = defineBoardExtension({
  name: "mcp23017",
  settings: fields({
    /** What its lines are called by: `MCP0` makes them `MCP0:A0` to `MCP0:B7`. */
    name: f.string(),
    bus: busField,
    address: f.withDefault(addressField, 0x20),
    /** How often inputs are looked at while somebody watches them, in milliseconds. */
    pollMs: f.withDefault(f.int({ min: 1, max: 60_000 }), 20),
  }),
  extend: (board, expander, { clock }) => withExpanders(board, [expander], { clock }),
});
