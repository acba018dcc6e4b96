// `npm run package`: Debian packages of the agent, dist/edgetwin_VERSION_ARCHITECTURE.deb, for amd64 and arm64. Options:
// `--arch amd64` for one of them, `--version 0.2.0` instead of one made from the commit, `--out FOLDER`. See docs/adr/0019-a-debian-package.md.
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundle } from "./bundle/bundle.mjs";
import { architectures } from "./package/architectures.mjs";
import { commitOf } from "./package/commit.mjs";
import { debianPackage } from "./package/debian-package.mjs";
import { root, setUp } from "./setup.mjs";

const { values } = parseArgs({
  options: { arch: { type: "string", multiple: true }, version: { type: "string" }, out: { type: "string" } },
});
const wanted = values.arch ?? Object.keys(architectures);
const unknown = wanted.find((name) => !(name in architectures));
if (unknown) {
  console.error(`--arch ${unknown}: packages are made for ${Object.keys(architectures).join(" and ")}`);
  process.exit(2);
}
setUp();
const work = await mkdtemp(join(tmpdir(), "edgetwin-package-"));
try {
  const agent = JSON.parse(await readFile(join(root, "agent", "package.json"), "utf8"));
  const commit = commitOf(root);
  const version = values.version ?? `${agent.version}+git${commit.stamp}.${commit.hash}`;
  await bundle(join(work, "bundle"));
  for (const name of wanted) {
    const options = { architecture: architectures[name], bundle: join(work, "bundle"), version, commit };
    const { file, installedKiB } = await debianPackage(values.out ?? join(root, "dist"), { ...options, work });
    const { size } = await stat(file);
    const [hash] = execFileSync("sha256sum", [file], { encoding: "utf8" }).split(" ");
    console.log(
      `${file}: ${(size / 1e6).toFixed(1)} MB, ${(installedKiB / 1024).toFixed(1)} MiB installed, sha256 ${hash}`,
    );
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
