import { bacnetJsLibrary } from "./bacnet-js-library.ts";
import type { BacnetLibrary, LibraryName } from "./bacnet-library.ts";
import { bacstackLibrary } from "./bacstack-library.ts";

const loaders: Readonly<Record<LibraryName, () => Promise<BacnetLibrary>>> = {
  "bacnet-js": async () => bacnetJsLibrary((await import("@bacnet-js/client")).default.default),
  bacstack: async () => bacstackLibrary((await import("bacstack")).default),
};

const loaded = new Map<LibraryName, Promise<BacnetLibrary>>();

/** The library of that name, which costs its memory from the first device on. */
export function loadLibrary(name: LibraryName): Promise<BacnetLibrary> {
  const found = loaded.get(name) ?? loaders[name]();
  loaded.set(name, found);
  return found;
}
