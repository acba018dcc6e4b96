// Declared dependencies equal real imports.
import { roomOf } from "./imports.mjs";
import { importsOf } from "./source.mjs";
import { isSource, isTest, packageOf } from "./workspace.mjs";

/**
 * The only runtime dependencies of packages that everybody who writes a mapper carries, and the folder below which they
 * may be imported: an entry of its own, so that whoever does not use it does not load them.
 */
const onlyDependencies = new Map([["@edgetwin/mapper-sdk", new Map([["@grpc/grpc-js", "src/dmi/"]])]]);

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
  const allowed = onlyDependencies.get(pkg.name);
  if (!allowed) return [];
  const listed = Object.keys(pkg.manifest.dependencies ?? {})
    .filter((name) => !allowed.has(name))
    .map((name) => `${pkg.folder}/package.json: ${pkg.name} depends on no such package, but lists ${name}`);
  return [...listed, ...outsideTheirFolder(pkg, allowed)];
}

function outsideTheirFolder(pkg, allowed) {
  return pkg.files.flatMap(({ path, text }) => {
    if (!isSource(path) || isTest(pkg, path)) return [];
    return importsOf(text).flatMap(({ specifier, typeOnly, line }) => {
      const folder = allowed.get(packageOf(specifier));
      if (folder === undefined || typeOnly || path.startsWith(`${pkg.folder}/${folder}`)) return [];
      return [`${path}:${line}: only ${pkg.folder}/${folder} may import ${packageOf(specifier)}`];
    });
  });
}

const typesOf = (name) => `@types/${name.replace(/^@/, "").replace("/", "__")}`;
