export { type Chip, type ChipDriver, type ChipParts, defineChip } from "./chip.ts";
export { chips } from "./chips.ts";
export type { I2cRegister } from "./connection.ts";
export type { Expander } from "./expander-chip.ts";
export { mcp23017Expander } from "./expander-extension.ts";
export { type Candidate, type FoundChip, findChips } from "./find-chips.ts";
export { i2c } from "./i2c.ts";
export { withExpanders } from "./with-expanders.ts";
