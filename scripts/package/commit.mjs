import { execFileSync } from "node:child_process";

/**
 * What a package says of the commit it is made from. Its time is the time of every file in the package, so the same commit
 * gives the same bytes; SOURCE_DATE_EPOCH (reproducible-builds.org) names another one. Who commits maintains, unless
 * DEBFULLNAME and DEBEMAIL (see dch(1)) name somebody.
 */
export function commitOf(root, env = process.env) {
  const git = (format) =>
    execFileSync("git", ["log", "-1", `--format=${format}`], { cwd: root, encoding: "utf8" }).trim();
  const epoch = Number(env.SOURCE_DATE_EPOCH ?? git("%ct"));
  const maintainer = `${env.DEBFULLNAME ?? git("%an")} <${env.DEBEMAIL ?? git("%ae")}>`;
  const stamp = new Date(epoch * 1000)
    .toISOString()
    .replaceAll(/[-:]|\.\d+Z/g, "")
    .replace("T", ".");
  return { hash: git("%h"), title: git("%s"), epoch, stamp, maintainer };
}
