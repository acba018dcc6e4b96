export { connectLines } from "./connect-lines.ts";
export type { ConnectLines, LineAddress, Lines, LinesContext } from "./lines.ts";
