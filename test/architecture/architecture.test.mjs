import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { checkArchitecture, hasDefaultExport, importsOf, readTree, rules } from "../../scripts/architecture.mjs";

describe("this repository", () => {
  const found = readTree(fileURLToPath(new URL("../..", import.meta.url))).then(checkArchitecture);
  for (const rule of Object.keys(rules)) test(rule, async () => assert.deepEqual((await found)[rule], []));
});

const manifest = (name, more = {}) => JSON.stringify({ name, exports: { ".": "./dist/src/index.js" }, ...more });

/** A small sound workspace, with files added or replaced; `undefined` removes one. */
function tree(changes = {}) {
  const files = {
    "package.json": JSON.stringify({
      workspaces: ["mapper-sdk", "models", "mappers/*", "boards/*", "agent", "examples/*", "test/hil", "bench"],
      devDependencies: { "fast-check": "^4" },
    }),
    "package-lock.json": JSON.stringify({ packages: { "": {}, "node_modules/yaml": { version: "2" } } }),
    "mapper-sdk/package.json": manifest("@edgetwin/mapper-sdk", {
      exports: { ".": "./dist/src/index.js", "./testing": "./dist/src/testing/index.js" },
    }),
    "mapper-sdk/src/index.ts": 'export { p } from "./property.ts";\n',
    "mapper-sdk/src/property.ts": "export const p = {};\n",
    "models/package.json": manifest("@edgetwin/models", { dependencies: { "@edgetwin/mapper-sdk": "1", yaml: "^2" } }),
    "models/src/index.ts":
      'import { p } from "@edgetwin/mapper-sdk";\nimport { parse } from "yaml";\nexport { p, parse };\n',
    "models/src/index.test.ts": 'import fc from "fast-check";\nimport { p } from "@edgetwin/models";\nfc(p);\n',
    "agent/package.json": manifest("@edgetwin/agent", { dependencies: { "@edgetwin/models": "1" } }),
    "agent/src/index.ts": 'export { p } from "@edgetwin/models";\n',
    "mappers/gpio/package.json": manifest("@edgetwin/mapper-gpio", { dependencies: { "@edgetwin/mapper-sdk": "1" } }),
    "mappers/gpio/src/index.ts": 'export { p } from "@edgetwin/mapper-sdk";\n',
    "examples/lamp/package.json": manifest("@edgetwin/example-lamp", { dependencies: { "@edgetwin/agent": "1" } }),
    "examples/lamp/src/index.ts": "export {};\n",
  };
  return new Map(Object.entries({ ...files, ...changes }).filter(([, text]) => text !== undefined));
}

/** Everything found in a tree, as one list. */
const problemsOf = (changes) => Object.values(checkArchitecture(tree(changes))).flat();

test("a sound workspace has no problems", () => assert.deepEqual(problemsOf(), []));

/** Wrong examples: what was changed, and all that must be said about it. */
const wrong = [
  {
    what: "an SDK that imports the models",
    changes: {
      "mapper-sdk/src/property.ts": 'export { p } from "@edgetwin/models";\n',
      "mapper-sdk/package.json": manifest("@edgetwin/mapper-sdk", { devDependencies: { "@edgetwin/models": "1" } }),
    },
    says: [
      "mapper-sdk/src/property.ts:1: @edgetwin/mapper-sdk may not import @edgetwin/models",
      "mapper-sdk/src/property.ts:1: @edgetwin/models is not in the dependencies of mapper-sdk/package.json",
    ],
  },
  {
    what: "an SDK with a runtime dependency",
    changes: {
      "mapper-sdk/src/property.ts": 'import { z } from "zod";\nexport const p = z;\n',
      "mapper-sdk/package.json": manifest("@edgetwin/mapper-sdk", { dependencies: { zod: "4" } }),
    },
    says: ["mapper-sdk/package.json: @edgetwin/mapper-sdk depends on no such package, but lists zod"],
  },
  {
    what: "an SDK that needs gRPC outside of its folder for it",
    changes: {
      "mapper-sdk/src/property.ts": 'import { Client } from "@grpc/grpc-js";\nexport const p = Client;\n',
      "mapper-sdk/src/dmi/connect.ts": 'import { Client } from "@grpc/grpc-js";\nexport const client = Client;\n',
      "mapper-sdk/package.json": manifest("@edgetwin/mapper-sdk", { dependencies: { "@grpc/grpc-js": "1" } }),
    },
    says: ["mapper-sdk/src/property.ts:1: only mapper-sdk/src/dmi/ may import @grpc/grpc-js"],
  },
  {
    what: "a mapper that imports another mapper, even as a type",
    changes: {
      "mappers/fan/package.json": manifest("@edgetwin/mapper-fan", { dependencies: { "@edgetwin/mapper-gpio": "1" } }),
      "mappers/fan/src/index.ts": 'import type { gpio } from "@edgetwin/mapper-gpio";\nexport type Fan = gpio;\n',
    },
    says: ["mappers/fan/src/index.ts:1: @edgetwin/mapper-fan may not import @edgetwin/mapper-gpio"],
  },
  {
    what: "an agent that imports a mapper by its literal name",
    changes: {
      "agent/src/load.ts": 'export const gpio = await import("@edgetwin/mapper-gpio");\n',
      "agent/package.json": manifest("@edgetwin/agent", {
        dependencies: { "@edgetwin/models": "1", "@edgetwin/mapper-gpio": "1" },
      }),
    },
    says: ["agent/src/load.ts:1: @edgetwin/agent may not import @edgetwin/mapper-gpio"],
  },
  {
    what: "somebody who imports an example",
    changes: {
      "bench/package.json": manifest("@edgetwin/bench", { dependencies: { "@edgetwin/example-lamp": "1" } }),
      "bench/src/index.ts": 'import "@edgetwin/example-lamp";\n',
    },
    says: ["bench/src/index.ts:1: nobody imports @edgetwin/example-lamp"],
  },
  {
    what: "an import of a package of ours that does not exist",
    changes: { "examples/lamp/src/index.ts": 'import "@edgetwin/nothing";\n' },
    says: [
      "examples/lamp/src/index.ts:1: there is no package @edgetwin/nothing here",
      "examples/lamp/src/index.ts:1: @edgetwin/nothing is not in the dependencies of examples/lamp/package.json",
    ],
  },
  {
    what: "a room the table does not know",
    changes: {
      "package.json": JSON.stringify({ workspaces: ["cellar"] }),
      "cellar/package.json": manifest("@edgetwin/cellar"),
    },
    says: ["cellar: the table of rooms in scripts/architecture/imports.mjs does not know it"],
  },
  {
    what: "a way around the exports map",
    changes: { "agent/src/index.ts": 'export { p } from "@edgetwin/models/dist/src/index.js";\n' },
    says: ["agent/src/index.ts:1: @edgetwin/models/dist/src/index.js is no entry of the exports of @edgetwin/models"],
  },
  {
    what: "a relative import that leaves its package",
    changes: {
      "agent/src/index.ts": 'import "@edgetwin/models";\nexport { p } from "../../mapper-sdk/src/property.ts";\n',
    },
    says: ["agent/src/index.ts:2: ../../mapper-sdk/src/property.ts leaves the package"],
  },
  {
    what: "a relative import without its ending",
    changes: { "mapper-sdk/src/index.ts": 'export { p } from "./property";\n' },
    says: ["mapper-sdk/src/index.ts:1: ./property does not exist; relative imports end in .ts"],
  },
  {
    what: "a cycle of three modules",
    changes: {
      "mapper-sdk/src/a.ts": 'import "./b.ts";\n',
      "mapper-sdk/src/b.ts": 'import "./c.ts";\n',
      "mapper-sdk/src/c.ts": 'export { a } from "./a.ts";\n',
    },
    says: ["mapper-sdk/src/a.ts -> mapper-sdk/src/b.ts -> mapper-sdk/src/c.ts -> mapper-sdk/src/a.ts: import cycle"],
  },
  {
    what: "an undeclared dependency, and the same as a type from an undeclared one",
    changes: { "agent/src/mqtt.ts": 'import "aedes";\nimport type { Client } from "mqtt";\nexport type C = Client;\n' },
    says: [
      "agent/src/mqtt.ts:1: aedes is not in the dependencies of agent/package.json",
      "agent/src/mqtt.ts:2: mqtt is not in the dependencies of agent/package.json",
    ],
  },
  {
    what: "a development dependency in shipped code",
    changes: { "agent/src/shrink.ts": 'import "fast-check";\n' },
    says: ["agent/src/shrink.ts:1: fast-check is not in the dependencies of agent/package.json"],
  },
  {
    what: "dependencies that nothing uses, or only tests",
    changes: {
      "agent/package.json": manifest("@edgetwin/agent", {
        dependencies: { "@edgetwin/models": "1", hono: "^4", yaml: "^2" },
        devDependencies: { "@types/ws": "8", "@types/koa__router": "8", "@types/express": "4" },
      }),
      "agent/src/api.test.ts": 'import "yaml";\nimport type { A } from "ws";\nimport type { R } from "@koa/router";\n',
    },
    says: [
      "agent/package.json: nothing uses hono; remove it from the dependencies",
      "agent/package.json: only tests use yaml; it belongs to the devDependencies",
      "agent/package.json: nothing uses @types/express; remove it from the devDependencies",
    ],
  },
  {
    what: "a file that is too long",
    changes: { "agent/src/giant.ts": "export {};\n".repeat(401) },
    says: ["agent/src/giant.ts: 401 lines, more than 400; split it"],
  },
  {
    what: "names that are not kebab-case",
    changes: { "agent/src/TwinEngine.ts": "", "agent/src/twin_store/index.ts": "" },
    says: [
      "agent/src/TwinEngine.ts: TwinEngine.ts is not kebab-case",
      "agent/src/twin_store/index.ts: twin_store is not kebab-case",
    ],
  },
  {
    what: "default exports",
    changes: {
      "agent/src/one.ts": "export default 1;\n",
      "agent/src/two.ts": "const a = 1;\nexport { a as default };\n",
    },
    says: ["agent/src/one.ts: has a default export; name it", "agent/src/two.ts: has a default export; name it"],
  },
  {
    what: "traces of the machine it was written on",
    changes: {
      "README.md": ["Run it in ", "home/somebody/src."].join("/"),
      "agent/notes.md": ["see", "work/main/agent"].join(" /"),
      "agent/ci.yaml": ["https:/", "npm.regis"].join("/").concat("try.example/yaml"),
      "docs/pi.md": ["On a Pi look into ", "home/pi/edgetwin."].join("/"),
    },
    says: [
      `README.md:1: names a path or host of one machine: ${["", "home/s"].join("/")}`,
      `agent/notes.md:1: names a path or host of one machine: ${["", "work/m"].join("/")}`,
      `agent/ci.yaml:1: names a path or host of one machine: ${["https:/", "npm.regis"].join("/").concat("try.example")}`,
    ],
  },
  {
    what: "a lock file that names a registry",
    changes: {
      "package-lock.json": JSON.stringify({
        packages: {
          "node_modules/yaml": { resolved: "https://mirror.example/yaml-2.tgz" },
          "node_modules/@edgetwin/agent": { resolved: "agent", link: true },
        },
      }),
    },
    says: ["package-lock.json: node_modules/yaml records the host mirror.example"],
  },
];

for (const { what, changes, says } of wrong) {
  test(`finds ${what}`, () => assert.deepEqual(problemsOf(changes).toSorted(), says.toSorted()));
}

test("what is named only in configuration counts as used", () => {
  const changes = {
    "agent/package.json": manifest("@edgetwin/agent", { dependencies: { "@edgetwin/models": "1", pigpio: "3" } }),
    "agent/src/load.ts": 'export const addOn = (load: (name: string) => unknown) => load("pigpio");\n',
  };
  assert.deepEqual(problemsOf(changes), []);
});

test("type imports form no cycle", () => {
  const changes = {
    "mapper-sdk/src/a.ts": 'import type { B } from "./b.ts";\nexport type A = B;\n',
    "mapper-sdk/src/b.ts": 'import { type A } from "./c.ts";\nexport type B = A;\n',
    "mapper-sdk/src/c.ts": 'export type { A } from "./a.ts";\n',
  };
  assert.deepEqual(problemsOf(changes), []);
});

describe("imports of a source", () => {
  const specifiers = (source) => importsOf(source).map(({ specifier, kind, typeOnly }) => [specifier, kind, typeOnly]);

  test("are found in every form", () => {
    const source = `#!/usr/bin/env node
import "side-effect";
import one from 'single';
import two, { three } from "mixed";
import * as four from "namespace";
import {
  five,
  type Six,
} from "multi-line";
import type { Seven } from "type-only";
import type from "value-named-type";
export * from "star";
export * as eight from "named-star";
export type { Nine } from "type-again";
const ten = await import("dynamic");
const eleven = require("required");
const twelve = import.meta.resolve("resolved");
let thirteen: import("typed").Thing;
export const fourteen = { from: "no-import" };
`;
    assert.deepEqual(specifiers(source), [
      ["side-effect", "static", false],
      ["single", "static", false],
      ["mixed", "static", false],
      ["namespace", "static", false],
      ["multi-line", "static", false],
      ["type-only", "static", true],
      ["value-named-type", "static", false],
      ["star", "static", false],
      ["named-star", "static", false],
      ["type-again", "static", true],
      ["dynamic", "dynamic", false],
      ["required", "dynamic", false],
      ["resolved", "resolve", false],
      ["typed", "dynamic", true],
    ]);
    assert.equal(importsOf(source)[4].line, 6);
  });

  test("are not found in comments, strings, templates and regular expressions", () => {
    const source = [
      '// import "a";',
      '/* import "b"; */',
      "const c = 'import \"c\";';",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source under test
      'const d = `import "d"; ${f("{") + `import "e"` + "}"} import "f";`;',
      'const g = /"/.test(c) ? /[/"]import "h"/ : c / 2;',
      "const i = import(c);",
      'import "real"; // after all of that',
    ].join("\n");
    assert.deepEqual(specifiers(source), [["real", "static", false]]);
  });

  test("a default export is told from a word in a comment or a string", () => {
    assert.equal(hasDefaultExport("export default function () {}"), true);
    assert.equal(hasDefaultExport('// export default\nexport const text = "export default 1";'), false);
  });
});
