// Declared dependencies equal real imports.
import { roomOf } from "./imports.mjs";
import { importsOf } from "./source.mjs";
import { isSource, isTest, packageOf } from "./workspace.mjs";

/** Packages whose runtime dependencies are counted: everybody who writes a mapper carries them. */
const withoutDependencies = new Set(["@edgetwin/mapper-sdk"]);

/**
 * Examples, benches and hardware tests start our packages as well as importing them: by their command, or by what a
 * configuration names. So ours among their dependencies need no import.
 */
const startsOurs = ({ folder }) => roomOf(folder)?.private === true;

/** Undeclared and unused dependencies, and those declared in the wrong list. */
export function checkDependencies({ root, packages }) {
  return packages.flatMap((pkg) => [...undeclared(pkg, root), ...unused(pkg), ...notAllowed(pkg)]);
}

function undeclared(pkg, root) {
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = pkg.manifest;
  const runtime = new Set(Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies }));
  const anywhere = new Set([...runtime, ...Object.keys({ ...devDependencies, ...root.devDependencies })]);
  return pkg.files.flatMap(({ path, text }) => {
    if (!isSource(path)) return [];
    const development = isTest(pkg, path);
    return importsOf(text).flatMap(({ specifier, typeOnly, line }) => {
      const name = packageOf(specifier);
      if (name === undefined || name === pkg.name) return [];
      const allowed = development || typeOnly ? anywhere : runtime;
      if (allowed.has(name) || (typeOnly && anywhere.has(typesOf(name)))) return [];
      const list = development ? "devDependencies" : "dependencies";
      return [`${path}:${line}: ${name} is not in the ${list} of ${pkg.folder}/package.json`];
    });
  });
}

function unused(pkg) {
  const { dependencies = {}, devDependencies = {} } = pkg.manifest;
  const at = `${pkg.folder}/package.json`;
  const problems = [];
  for (const name of Object.keys(dependencies)) {
    if (isNamed(pkg, name, { tests: false }) || (startsOurs(pkg) && name.startsWith("@edgetwin/"))) continue;
    const onlyTests = isNamed(pkg, name, { tests: true });
    problems.push(
      onlyTests
        ? `${at}: only tests use ${name}; it belongs to the devDependencies`
        : `${at}: nothing uses ${name}; remove it from the dependencies`,
    );
  }
  for (const name of Object.keys(devDependencies)) {
    const subject = name.replace(/^@types\/(.+)__/, "@$1/").replace(/^@types\//, "");
    if (!isNamed(pkg, subject, { tests: true }))
      problems.push(`${at}: nothing uses ${name}; remove it from the devDependencies`);
  }
  return problems;
}

/** Imported, or named where a mapper, a board or an add-on is loaded by its name: a string in the code, or a YAML file. */
function isNamed(pkg, name, { tests }) {
  return pkg.files.some(({ path, text }) => {
    if (isTest(pkg, path) && !tests) return false;
    if (!isSource(path)) return /\.ya?ml$/.test(path) && text.includes(name);
    return text.includes(`"${name}"`) || importsOf(text).some(({ specifier }) => packageOf(specifier) === name);
  });
}

function notAllowed(pkg) {
  if (!withoutDependencies.has(pkg.name)) return [];
  return Object.keys(pkg.manifest.dependencies ?? {}).map(
    (name) => `${pkg.folder}/package.json: ${pkg.name} depends on no package, but lists ${name}`,
  );
}

const typesOf = (name) => `@types/${name.replace(/^@/, "").replace("/", "__")}`;
