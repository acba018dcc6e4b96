import { filed } from "./filed-lamp.ts";

await new Promise(() => {});

export { filed };
