export { dysonFan, pureCoolLink } from "./purifier.ts";
