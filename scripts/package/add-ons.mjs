// Native add-ons, compiled for the processor of the package by Debian's compilers against the headers of the node that runs this.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, cp, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { nodeHeaders, root } from "../setup.mjs";

/** What dpkg-buildflags(1) gives packages, and nothing of the path where it was compiled. */
const flagsOf = (folder) => ({
  CFLAGS: `-O2 -g0 -ffile-prefix-map=${folder}=. -fstack-protector-strong -D_FORTIFY_SOURCE=2 -Wdate-time -w`,
  CXXFLAGS: `-O2 -g0 -ffile-prefix-map=${folder}=. -fstack-protector-strong -D_FORTIFY_SOURCE=2 -Wdate-time -w`,
  LDFLAGS: "-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--build-id=sha1",
});

/** Add-ons of `packages` by the path of their package: those that have a binding.gyp. */
export const withAddOn = (packages) =>
  packages.filter(({ path }) => existsSync(join(root, path, "binding.gyp")) && !/noble$/.test(path));

/**
 * Compiles the add-on of a package into `target`, to where the package looks first: build/Release. What was compiled before
 * from the same sources by the same tools is taken from dist/add-ons.
 */
export async function compileAddOn({ path, version }, { architecture, target, work }) {
  const compiler = `${architecture.triplet}-gcc`;
  const tools = {
    CC: compiler,
    CXX: `${architecture.triplet}-g++`,
    AR: `${architecture.triplet}-ar`,
    STRIP: `${architecture.triplet}-strip`,
  };
  const key = createHash("sha256")
    .update(
      JSON.stringify([
        path,
        version,
        flagsOf("."),
        process.version,
        architecture,
        versionOf(compiler),
        await readFile(join(root, path, "binding.gyp"), "utf8"),
      ]),
    )
    .digest("hex");
  const cache = join(root, "dist", "add-ons", key);
  if (!existsSync(cache))
    await compile(path, { tools, architecture, cache, folder: join(work, "add-ons", architecture.debian, key) });
  const release = join(target, path, "build", "Release");
  await mkdir(release, { recursive: true });
  for (const file of await readdir(cache)) await copyFile(join(cache, file), join(release, file));
}

async function compile(path, { tools, architecture, cache, folder }) {
  const source = join(folder, "package");
  await cp(join(root, path), source, {
    recursive: true,
    filter: (from) => !from.startsWith(join(root, path, "build")),
  });
  await linkHeaders(path, folder);
  const gyp = join(npmFolder(), "node_modules", "node-gyp", "bin", "node-gyp.js");
  const target = path.endsWith("better-sqlite3") ? "better_sqlite3" : undefined;
  const headers = nodeHeaders().npm_config_nodedir ?? process.env.npm_config_nodedir;
  const at = headers ? [`--nodedir=${headers}`] : [];
  const gypRun = (...args) =>
    execFileSync(process.execPath, [gyp, ...args, "--release", `--arch=${architecture.node}`, ...at], {
      ...{ cwd: source, stdio: ["ignore", "ignore", "pipe"], encoding: "utf8", maxBuffer: 64 << 20 },
      env: { ...process.env, ...tools, ...flagsOf(source), LC_ALL: "C" },
    });
  gypRun("configure");
  if (target)
    execFileSync("make", ["-C", join(source, "build"), "BUILDTYPE=Release", "-j2", target], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, ...tools, ...flagsOf(source), LC_ALL: "C" },
    });
  else gypRun("build", "--jobs=2");
  const built = join(source, "build", "Release");
  const partial = `${cache}.${process.pid}`;
  await mkdir(partial, { recursive: true });
  for (const file of (await readdir(built)).filter((name) => name.endsWith(".node"))) {
    execFileSync(tools.STRIP, [
      "--strip-unneeded",
      "--remove-section=.comment",
      "--remove-section=.note",
      join(built, file),
    ]);
    await copyFile(join(built, file), join(partial, file));
  }
  await rm(cache, { recursive: true, force: true });
  await mkdir(dirname(cache), { recursive: true });
  execFileSync("mv", [partial, cache]);
  await rm(folder, { recursive: true, force: true });
}

/** The packages whose headers it includes, where node finds them for it: its own copy, else the workspace's. */
async function linkHeaders(path, folder) {
  for (const name of ["nan", "node-addon-api"]) {
    const own = join(root, path, "node_modules", name);
    const place = [own, ...parents(path).map((parent) => join(root, parent, "node_modules", name))].find((candidate) =>
      existsSync(candidate),
    );
    if (place) await cp(place, join(folder, "node_modules", name), { recursive: true });
  }
}

const parents = (path) => {
  const all = [];
  for (let place = path; place.includes("/node_modules/"); ) {
    place = place.slice(0, place.lastIndexOf("/node_modules/"));
    all.push(place);
  }
  return [...all, ""];
};

const versionOf = (compiler) => {
  try {
    return execFileSync(compiler, ["--version"], { encoding: "utf8" }).split("\n")[0];
  } catch (cause) {
    throw new Error(`${compiler} is missing. Try: apt-get install g++ crossbuild-essential-arm64`, { cause });
  }
};

/** npm brings node-gyp. */
const npmFolder = () => join(execFileSync("npm", ["root", "--global"], { encoding: "utf8" }).trim(), "npm");
