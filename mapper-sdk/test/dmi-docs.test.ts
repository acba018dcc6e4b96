import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { mapperHost, pathOf, type Service, v1alpha1, v1beta1 } from "@edgetwin/mapper-sdk/dmi";
import { compile, workspace } from "./fixtures/compile.ts";

const services: Service[] = [
  v1beta1.deviceManager,
  v1beta1.deviceMapper,
  v1alpha1.deviceManager,
  v1alpha1.deviceMapper,
  mapperHost,
];

test("the reference names every service with every procedure", async () => {
  const page = await readFile(join(workspace, "docs/reference/dmi.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([\w.]+)` \| [^|]+ \| ([^|]+) \|$/gm)];
  const documented = Object.fromEntries(rows.map(([, name = "", list = ""]) => [name, list.split(", ").sort()]));
  const real = services.map((service) => [
    service.name,
    Object.keys(service.procedures)
      .map((procedure) => pathOf(service, procedure).split("/")[2])
      .sort(),
  ]);
  assert.deepEqual(documented, Object.fromEntries(real));
});

test("the program of the guide compiles as it stands", async () => {
  const guide = await readFile(join(workspace, "docs/guides/run-a-mapper-outside.md"), "utf8");
  const [, program = ""] = /^```ts\n([\s\S]*?)^```$/m.exec(guide) ?? [];
  const { said } = await compile({ "main.ts": program });
  assert.equal(said, "");
});
