import { checkDevice, type DeviceModel, formatIssue, manifestOf } from "@edgetwin/models";
import { printStructured } from "@edgetwin/program/command-line";
import type { Invocation } from "../command.ts";
import { importModels } from "../models/import-models.ts";
import { modelDifferences } from "../models/model-differences.ts";
import { inFile, type ModelFile, readModels } from "../models/read-models.ts";

/** `edgetwin model yaml`: the DeviceModels that a module declares, printed or compared with a manifest. */
export async function run({ positionals, options, output }: Invocation): Promise<number> {
  const [module = ""] = positionals;
  const exported = await importModels(module);
  const declared = await inFile(module, () =>
    exported.map(({ model, protocol }) => manifestOf(model, protocol === undefined ? {} : { protocol })),
  );
  const file = options.get("check");
  if (file === undefined) {
    for (const [index, manifest] of declared.entries()) {
      if (index > 0) output.raw("---\n");
      await printStructured(output, "yaml", manifest);
    }
    return 0;
  }
  const present = await readModels(file);
  const stale = declared.flatMap((manifest) => findings(manifest, present));
  for (const finding of stale) output.note(`${output.paint("red", "stale:")} ${file}: ${finding}`);
  if (stale.length > 0) output.note(`try: edgetwin model yaml ${module}`);
  return stale.length > 0 ? 1 : 0;
}

/** What the file says otherwise than the module, and what keeps its devices of that model from being applied. */
function findings(declared: DeviceModel, { models, devices }: ModelFile): readonly string[] {
  const { name } = declared.metadata;
  const there = models.find(({ metadata }) => metadata.name === name);
  if (!there) return [`DeviceModel ${name} is missing`];
  const wrong = devices
    .filter(({ spec }) => spec.deviceModelRef?.name === name)
    .flatMap((device) => checkDevice(device, there))
    .filter(({ severity }) => severity === "error");
  const differences = modelDifferences(there, declared).map((difference) => `DeviceModel ${name}: ${difference}`);
  return [...differences, ...wrong.map(formatIssue)];
}
