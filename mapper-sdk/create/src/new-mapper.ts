import { defineModel, type Model } from "@edgetwin/mapper-sdk";
import { ModelError, manifestOf } from "@edgetwin/models";
import { type Answers, complete, type Interview } from "./complete.ts";
import { type Design, designOf } from "./design.ts";
import { CreateError } from "./errors.ts";
import { agentConfig, manifests } from "./files/configuration.ts";
import { gitignore, packageJson, tsconfig } from "./files/package-json.ts";
import { readme } from "./files/readme.ts";
import { parseProperties } from "./property-spec.ts";
import { readModel } from "./read-model.ts";
import type { NewFile, Template } from "./templates/template.ts";
import { templateOf } from "./templates/templates.ts";
import { checkFolder, writeFolder } from "./write-folder.ts";

/** What was given on a command line; everything may be missing. */
export interface MapperRequest {
  readonly name?: string | undefined;
  readonly protocol?: string | undefined;
  /** Properties in their short form, `temperature:float:r`. */
  readonly properties?: readonly string[];
  /** A manifest with the model, instead of properties. */
  readonly model?: string | undefined;
  /** Takes defaults for what is missing instead of asking. */
  readonly yes?: boolean;
}

/** Where it happens. */
export interface MapperWorld extends Interview {
  /** The folder in which the mapper gets its own. */
  readonly directory: string;
  /** One line for people: warnings. */
  readonly note: (text: string) => void;
}

/** What was made. */
export interface NewMapper {
  readonly folder: string;
  readonly files: readonly string[];
}

/**
 * Makes the folder of a new mapper: asks for what the request leaves open, checks all of it, then writes all files or none.
 *
 * @throws CreateError naming what is wrong and what to give instead; the reason of the interview's signal when it aborts.
 */
export async function newMapper(request: MapperRequest, world: MapperWorld): Promise<NewMapper> {
  const answers = await complete(request, world, (name) => checkFolder(world.directory, name));
  const design = designOf(answers.name, await modelFor(answers, world.note));
  const template = templateOf(answers.protocol);
  template.check(design);
  const files = filesOf(design, template);
  const folder = writeFolder(world.directory, answers.name, files);
  return { folder, files: files.map(({ path }) => path) };
}

async function modelFor({ name, properties, model: source }: Answers, note: (text: string) => void): Promise<Model> {
  const model = source === undefined ? defineModel(name, parseProperties(properties)) : await modelOfFile(source, note);
  if (Object.keys(model.properties).length === 0) {
    throw new CreateError("PROPERTY_INVALID", "the model has no property; a device without one has nothing to tell");
  }
  try {
    manifestOf(model);
  } catch (cause) {
    if (!(cause instanceof ModelError)) throw cause;
    throw new CreateError("MODEL_INVALID", cause.message, { cause });
  }
  return model;
}

async function modelOfFile(source: string, note: (text: string) => void): Promise<Model> {
  const { model, warnings } = await readModel(source);
  for (const warning of warnings) note(`warning: ${warning}`);
  return model;
}

function filesOf(design: Design, template: Template): readonly NewFile[] {
  const { name } = design;
  const emulator = template.emulator(design);
  const hasEmulator = emulator !== undefined;
  return [
    { path: "README.md", text: readme(design, template, hasEmulator) },
    { path: "package.json", text: packageJson(design, template, hasEmulator) },
    { path: "tsconfig.json", text: tsconfig },
    { path: ".gitignore", text: gitignore },
    { path: "edgetwin.yaml", text: agentConfig(design) },
    { path: `manifests/${name}.yaml`, text: manifests(design, template) },
    { path: `src/${name}.ts`, text: template.mapper(design) },
    ...(hasEmulator ? [{ path: "src/emulator.ts", text: emulator }] : []),
    { path: `src/${name}.test.ts`, text: template.test(design) },
  ];
}
