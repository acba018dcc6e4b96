#!/usr/bin/env -S node --expose-gc --max-semi-space-size=4
// A young generation of 4 MB a half, and a collection after the start: docs/adr/0007-a-reading-costs-next-to-nothing.md.
import "../dist/src/cli/main.js";
