import { execFileSync } from "node:child_process";
import { chmod, cp, lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "../setup.mjs";
import { compileAddOn, withAddOn } from "./add-ons.mjs";
import { copyPackages } from "./copy-packages.mjs";
import { documents } from "./documents.mjs";
import { lockedPackages } from "./locked-packages.mjs";

const packaging = join(root, "packaging", "debian");
/** Where the agent is: below /usr/lib, because it has code for one processor. */
const home = "usr/lib/edgetwin";

/** Files of packaging/debian, and where they go. */
const places = {
  "config.yaml": "etc/edgetwin/config.yaml",
  "edgetwin.service": "usr/lib/systemd/system/edgetwin.service",
  "bluetooth.conf": "usr/share/doc/edgetwin/examples/bluetooth.conf",
  "secret.conf": "usr/share/doc/edgetwin/examples/secret.conf",
  "edgetwin.rules": "usr/lib/udev/rules.d/59-edgetwin.rules",
  "lintian-overrides": "usr/share/lintian/overrides/edgetwin",
};

/** Writes the package for one architecture to `folder`; the same commit and the same tools give the same bytes. */
export async function debianPackage(folder, { architecture, bundle, version, commit, work }) {
  const tree = join(work, architecture.debian);
  const target = join(tree, home);
  await cp(bundle, target, { recursive: true, filter: (path) => !path.endsWith(".map") });
  const { dependencies } = JSON.parse(await readFile(join(bundle, "package.json"), "utf8"));
  const packages = await lockedPackages(Object.keys(dependencies), architecture.node);
  await copyPackages(packages, target, work);
  for (const locked of withAddOn(packages)) await compileAddOn(locked, { architecture, target, work });
  await rm(join(target, "package.json"));
  for (const [name, place] of Object.entries(places))
    await cp(join(packaging, name), join(tree, place), { recursive: true });
  await mkdir(join(tree, "usr", "bin"), { recursive: true });
  await symlink("../lib/edgetwin/node_modules/@edgetwin/agent/bin/edgetwin.js", join(tree, "usr", "bin", "edgetwin"));
  for (const [place, text] of Object.entries(await documents({ packages, target, version, commit }))) {
    const bytes = place.endsWith(".gz") ? gzipSync(text, { level: 9 }) : text;
    await mkdir(join(tree, place, ".."), { recursive: true });
    await writeFile(join(tree, place), bytes);
  }
  await rm(join(target, "LICENSES.txt"));
  await plainModes(tree);
  const installedKiB = Math.ceil((await bytesOf(tree)) / 1024);
  await control(tree, { architecture, version, commit, installedKiB });
  await mkdir(folder, { recursive: true });
  const file = join(folder, `edgetwin_${version}_${architecture.debian}.deb`);
  // dpkg-deb sorts the members, clamps their times to SOURCE_DATE_EPOCH and gives them to root.
  execFileSync("find", [tree, "-depth", "-exec", "touch", "--no-dereference", `--date=@${commit.epoch}`, "{}", "+"]);
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(commit.epoch) };
  execFileSync("dpkg-deb", ["--root-owner-group", "-Zxz", "--threads-max=1", "--build", tree, file], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return { file, installedKiB };
}

async function control(tree, { architecture, version, commit, installedKiB }) {
  const folder = join(tree, "DEBIAN");
  await mkdir(folder);
  const fill = {
    version,
    architecture: architecture.debian,
    maintainer: commit.maintainer,
    "installed-size": String(installedKiB),
  };
  const text = await readFile(join(packaging, "control"), "utf8");
  await writeFile(
    join(folder, "control"),
    text.replaceAll(/@([\w-]+)@/g, (_, name) => fill[name]),
  );
  await writeFile(join(folder, "conffiles"), "/etc/edgetwin/config.yaml\n");
  const sums = execFileSync("sh", ["-c", "find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum"], {
    cwd: tree,
    encoding: "utf8",
  });
  await writeFile(join(folder, "md5sums"), sums);
  for (const script of ["postinst", "prerm", "postrm"]) {
    await cp(join(packaging, script), join(folder, script));
    await chmod(join(folder, script), 0o755);
  }
  for (const file of ["control", "conffiles", "md5sums"]) await chmod(join(folder, file), 0o644);
  await chmod(folder, 0o755);
}

/** Everything may be read by everybody; only what is started as a program may be. The umask of who builds plays no part. */
async function plainModes(folder) {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await plainModes(path);
    else if (entry.isFile()) await chmod(path, (await isScript(path)) ? 0o755 : 0o644);
  }
}

/** Whether a file names its interpreter. */
const isScript = async (path) => (await readFile(path)).subarray(0, 2).toString() === "#!";

async function bytesOf(folder) {
  let sum = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    sum += entry.isDirectory() ? await bytesOf(path) : Math.ceil((await lstat(path)).size / 4096) * 4096;
  }
  return sum;
}
