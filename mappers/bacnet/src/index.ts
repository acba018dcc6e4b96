export { bacnet } from "./bacnet.ts";
export type { BacnetConnection } from "./visitors/connection.ts";
export type { BacnetVisitor } from "./visitors/visitor.ts";
