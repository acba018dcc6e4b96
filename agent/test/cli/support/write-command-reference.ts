import { writeFileSync } from "node:fs";
import { commandReference } from "./command-reference.ts";

// Run after a change of the table: node agent/dist/test/cli/support/write-command-reference.js
writeFileSync(new URL("../../../../../docs/reference/command.md", import.meta.url), commandReference());
