export * from "./messages.ts";
export * from "./push-method.ts";
export * from "./services.ts";
