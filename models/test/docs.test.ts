import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import * as api from "../src/index.ts";
import {
  annotations,
  apiVersions,
  type DeviceModel,
  kinds,
  modelErrors,
  modelOf,
  parseManifests,
} from "../src/index.ts";

const textOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const reference = textOf("../docs/reference/device-api.md");

test("the reference explains every annotation, error code, version and kind", () => {
  for (const name of Object.values(annotations)) assert.match(reference, new RegExp(`^\\| \`${name}\` *\\|`, "m"));
  for (const code of Object.keys(modelErrors)) assert.match(reference, new RegExp(`^\\| \`${code}\` *\\|`, "m"));
  for (const word of [...apiVersions, ...kinds]) assert.ok(reference.includes(word), word);
});

test("the reference names no annotation or error code that does not exist", () => {
  const known: readonly string[] = [...Object.values(annotations), ...Object.keys(modelErrors)];
  const named = [...reference.matchAll(/`(edgetwin\.io\/[\w-]+|[A-Z]+_[A-Z_]+)`/g)].map(([, name]) => name ?? "");
  assert.ok(named.length >= known.length);
  for (const name of named) assert.ok(known.includes(name), name);
});

test("the README names every function of the package, and no other", () => {
  const readme = textOf("README.md");
  const documented = [...readme.matchAll(/^\| (.+?) \|/gm)].flatMap(([, cell]) =>
    [...(cell ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  const exported = Object.keys(api);
  assert.deepEqual(
    documented.filter((name) => !exported.includes(name ?? "")),
    [],
  );
  const minor = ["ModelError", "apiGroup", "apiVersions", "kinds", "versionOf", "formatIssue"];
  assert.deepEqual(
    exported.filter((name) => !documented.includes(name) && !minor.includes(name)),
    [],
  );
});

for (const file of readdirSync(new URL("../../library/", import.meta.url))) {
  test(`the library model ${file} loads without a warning and can be used`, async () => {
    const { resources, warnings } = await parseManifests(textOf(`library/${file}`), { file });
    assert.deepEqual(warnings, []);
    const [resource] = resources;
    assert.equal(`${resource?.metadata.name}.yaml`, file);
    const { model, warnings: more } = modelOf(resource as DeviceModel);
    assert.deepEqual(more, []);
    const isControlled = Object.values(model.properties).some(
      ({ access, type }) => access === "rw" && type !== "FLOAT",
    );
    assert.ok(!isControlled || model.safety?.failSafe, "what is switched says what to do without control");
  });
}
