export * from "./messages.ts";
export * from "./protocols.ts";
export * from "./services.ts";
