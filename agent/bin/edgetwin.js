#!/usr/bin/env -S MALLOC_ARENA_MAX=2 node --expose-gc --max-semi-space-size=2 --no-short-builtin-calls
// What each of these words is for, and what was measured: docs/adr/0015-people-install-a-bundle.md.
import "../dist/src/cli/main.js";
