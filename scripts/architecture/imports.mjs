// Who may import whom: the table of docs/architecture.md, and the paths that imports may take.
import { posix } from "node:path";
import { importsOf } from "./source.mjs";
import { isSource, packageOf } from "./workspace.mjs";

/** One row for every kind of room: which packages of ours it may import. `anything` excludes the rooms nobody imports. */
export const rooms = [
  { folder: /^mapper-sdk$/, may: [] },
  { folder: /^mapper-sdk\/create$/, may: ["@edgetwin/mapper-sdk", "@edgetwin/models"] },
  { folder: /^models$/, may: ["@edgetwin/mapper-sdk"] },
  { folder: /^program$/, may: ["@edgetwin/mapper-sdk", "@edgetwin/models"] },
  { folder: /^mappers\/[^/]+$/, may: ["@edgetwin/mapper-sdk", "@edgetwin/models"] },
  { folder: /^boards\/[^/]+$/, may: ["@edgetwin/mapper-sdk"] },
  { folder: /^cloud-bridge\/protocol$/, may: ["@edgetwin/models"] },
  {
    folder: /^cloud-bridge$/,
    may: ["@edgetwin/mapper-sdk", "@edgetwin/cloud-protocol", "@edgetwin/models", "@edgetwin/program"],
  },
  {
    folder: /^agent$/,
    may: [
      "@edgetwin/mapper-sdk",
      "@edgetwin/models",
      "@edgetwin/program",
      "@edgetwin/cloud-protocol",
      "create-edgetwin-mapper",
      "@edgetwin/console",
    ],
  },
  { folder: /^agent\/console$/, may: [] },
  { folder: /^examples\/[^/]+$/, may: "anything", private: true },
  { folder: /^test\/hil$/, may: "anything", private: true },
  { folder: /^bench$/, may: "anything", private: true },
];

/** The row of the table for the package in `folder`. */
export const roomOf = (folder) => rooms.find((room) => room.folder.test(folder));

/** Imports between our packages that the table does not allow, and packages that the table does not know. */
export function checkRooms({ packages }) {
  const problems = [];
  for (const pkg of packages) {
    const room = roomOf(pkg.folder);
    if (!room) problems.push(`${pkg.folder}: the table of rooms in scripts/architecture/imports.mjs does not know it`);
    else
      for (const { path, specifier, line } of ours(pkg, packages)) {
        const target = packages.find(({ name }) => name === packageOf(specifier));
        if (!target) problems.push(`${path}:${line}: there is no package ${packageOf(specifier)} here`);
        else if (roomOf(target.folder)?.private) problems.push(`${path}:${line}: nobody imports ${target.name}`);
        else if (room.may !== "anything" && !room.may.includes(target.name))
          problems.push(`${path}:${line}: ${pkg.name} may not import ${target.name}`);
      }
  }
  return problems;
}

/** Imports that go around the `exports` map of one of our packages. */
export function checkExports({ packages }) {
  return packages.flatMap((pkg) =>
    ours(pkg, packages, { self: true }).flatMap(({ path, specifier, line }) => {
      const target = packages.find(({ name }) => name === packageOf(specifier));
      const entry = `.${specifier.slice(packageOf(specifier).length)}`;
      if (!target || Object.hasOwn(target.manifest.exports ?? {}, entry)) return [];
      return [`${path}:${line}: ${specifier} is no entry of the exports of ${target.name}`];
    }),
  );
}

/** Relative imports that leave their package, lead nowhere, or do not name a source file. */
export function checkRelative({ tree, packages }) {
  return packages.flatMap((pkg) =>
    sourceImports(pkg).flatMap(({ path, specifier, kind, line }) => {
      if (!specifier.startsWith(".")) return [];
      const target = posix.join(posix.dirname(path), specifier);
      if (!target.startsWith(`${pkg.folder}/`)) return [`${path}:${line}: ${specifier} leaves the package`];
      // What is started or resolved at run time is compiled: dist/src/x.js comes from src/x.ts.
      const compiled = kind === "resolve" || target.startsWith(`${pkg.folder}/dist/`);
      const source = target.replace(`${pkg.folder}/dist/`, `${pkg.folder}/`).replace(/\.js$/, ".ts");
      if (tree.has(target) || (compiled && tree.has(source))) return [];
      return [`${path}:${line}: ${specifier} does not exist; relative imports end in .ts`];
    }),
  );
}

/** Cycles of static value imports inside a package, each named once. Type imports vanish and cannot form one. */
export function checkCycles({ packages }) {
  return packages.flatMap((pkg) => {
    const edges = new Map();
    for (const { path, specifier, kind, typeOnly } of sourceImports(pkg)) {
      if (typeOnly || kind !== "static" || !specifier.startsWith(".")) continue;
      const target = posix.join(posix.dirname(path), specifier);
      edges.set(path, [...(edges.get(path) ?? []), target]);
    }
    return cyclesIn(edges).map((cycle) => `${cycle.join(" -> ")}: import cycle`);
  });
}

function cyclesIn(edges) {
  const state = new Map();
  const cycles = [];
  const trail = [];
  const visit = (node) => {
    if (state.get(node) === "done") return;
    if (state.get(node) === "open") {
      cycles.push([...trail.slice(trail.indexOf(node)), node]);
      return;
    }
    state.set(node, "open");
    trail.push(node);
    for (const next of edges.get(node) ?? []) visit(next);
    trail.pop();
    state.set(node, "done");
  };
  for (const node of edges.keys()) visit(node);
  return cycles;
}

const sourceImports = (pkg) =>
  pkg.files
    .filter(({ path }) => isSource(path))
    .flatMap(({ path, text }) => importsOf(text).map((found) => ({ path, ...found })));

function ours(pkg, packages, { self = false } = {}) {
  const scopes = new Set(packages.map(({ name }) => name.split("/")[0]));
  return sourceImports(pkg).filter(({ specifier }) => {
    const name = packageOf(specifier);
    return name !== undefined && scopes.has(name.split("/")[0]) && (self || name !== pkg.name);
  });
}
