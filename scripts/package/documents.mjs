// What people read and what the shell asks: all of it is made from what the package contains.
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../setup.mjs";

/** Texts by the path where they go. @returns {Promise<Record<string, string>>} */
export async function documents({ packages, target, version, commit }) {
  const { grammar } = await import(join(root, "agent", "dist", "src", "cli", "grammar.js"));
  const { completionScripts, manPage } = await import(join(root, "program", "dist", "src", "command-line", "index.js"));
  const date = new Date(commit.epoch * 1000);
  const day = date.toISOString().slice(0, 10);
  return {
    "usr/share/man/man1/edgetwin.1.gz": manPage(grammar, { date: day, version, files: filesOfAgent }),
    "usr/share/bash-completion/completions/edgetwin": completionScripts("edgetwin").bash,
    "usr/share/doc/edgetwin/changelog.gz": changelog({ version, commit, date }),
    "usr/share/doc/edgetwin/copyright": await copyright(packages, target),
  };
}

const filesOfAgent = {
  "/etc/edgetwin/config.yaml": "configuration of the agent",
  "/var/lib/edgetwin": "twins, token, certificates: everything that must survive",
  "/run/edgetwin/edgetwin.sock": "the REST API on a Unix socket, for members of the group edgetwin",
};

/** deb-changelog(5). */
function changelog({ version, commit, date }) {
  const rfc2822 = date.toUTCString().replace("GMT", "+0000");
  return `edgetwin (${version}) unstable; urgency=medium\n\n  * ${wrapped(commit.title)}\n\n -- ${commit.maintainer}  ${rfc2822}\n`;
}

/** Licences whose texts base-files brings. */
const inEveryDebian = [
  { sign: /GNU GENERAL PUBLIC LICENSE/i, name: "GPL-3" },
  { sign: /Apache License\s+Version 2\.0/i, name: "Apache-2.0" },
];

/** What stands between two licences in the bundle's list. */
const ruleOfBundle = `\n${"-".repeat(72)}\n\n`;

/** A licence without what base-files has; the line that names the work, where there is one, stays. */
function shortened(text) {
  const common = inEveryDebian.find(({ sign }) => sign.test(text))?.name;
  if (!common) return text.trim();
  const [first] = text.trimStart().split("\n");
  const head = /\(.*\)$/.test(first) ? `${first}\n\n` : "";
  return `${head}The full text is in /usr/share/common-licenses/${common}.`;
}

/** Words of one line in lines of a changelog, which are no longer than 80 characters. */
const wrapped = (text) => text.replace(/(.{1,74})(?: +|$)/g, "    $1\n").trim();

/** The licence of everything inside: of what was bundled, which the bundle lists itself, and of what stands beside it. */
async function copyright(packages, target) {
  const texts = [];
  for (const { path, name, version } of packages) {
    const folder = join(target, path);
    const { license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const files = existsSync(folder) ? await readdir(folder) : [];
    const file = files.find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text = file ? await readFile(join(folder, file), "utf8") : "";
    texts.push(`${name} ${version} (${license})\n\n${shortened(text)}\n`);
  }
  const bundled = (await readFile(join(target, "LICENSES.txt"), "utf8"))
    .replace(/^.*\n/, "")
    .split(ruleOfBundle)
    .map(shortened)
    .join(ruleOfBundle);
  const head = [
    "Edgetwin is licensed under the Apache License 2.0: /usr/share/common-licenses/Apache-2.0.",
    "zigbee-on-host, which zigbee-herdsman loads when a Zigbee network is run, is under the GPL, version 3 or later.",
    "",
    "The package contains these works of others, as they are published in the npm registry:",
  ].join("\n");
  const rule = `\n${"-".repeat(72)}\n\n`;
  return `${head}\n${bundled}${rule}${texts.join(rule)}`;
}
