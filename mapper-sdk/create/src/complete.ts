import { checkName } from "./check-name.ts";
import { CreateError } from "./errors.ts";
import type { MapperRequest } from "./new-mapper.ts";
import { parseProperties } from "./property-spec.ts";
import type { Template } from "./templates/template.ts";
import { templateOf, templates } from "./templates/templates.ts";

/** Somebody who can be asked. */
export interface Interview {
  /** Resolves with what was typed, without spaces around it. Undefined where nobody sits at a terminal. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** One line of an answer that was refused. */
  readonly note: (text: string) => void;
}

/** Everything that has to be known. */
export interface Answers {
  readonly name: string;
  readonly protocol: string;
  readonly properties: readonly string[];
  readonly model: string | undefined;
}

/**
 * What the request says, and answers to what it leaves open; a refused answer is asked for again. What is given is checked
 * before the first question.
 */
export async function complete(
  request: MapperRequest,
  interview: Interview,
  checkFolder: (name: string) => void,
): Promise<Answers> {
  const { model, properties = [] } = request;
  if (model !== undefined && properties.length > 0) {
    throw new CreateError("PROPERTY_INVALID", "the properties come from the model; give either --property or --model");
  }
  const checkNew = (name: string) => checkFolder(checkName(name));
  if (request.name !== undefined) checkNew(request.name);
  if (request.protocol !== undefined) templateOf(request.protocol);
  parseProperties(properties);

  const ask = request.yes === true ? undefined : interview.ask;
  const asking = (question: string, fallback: string, check: (text: string) => unknown) =>
    ask === undefined ? undefined : askUntilRight({ ask, note: interview.note }, { question, fallback, check });
  const name = request.name ?? (await asking("Name of the mapper, for example greenhouse: ", "", checkNew));
  if (name === undefined) {
    throw new CreateError(
      "OPTION_MISSING",
      "the name of the mapper is missing, and there is no terminal to ask for it",
    );
  }
  const [first] = templates as readonly [Template];
  if (ask && request.protocol === undefined) {
    for (const { protocol, summary } of templates) interview.note(`  ${protocol.padEnd(8)} ${summary}`);
  }
  const protocol = request.protocol ?? (await asking(`Protocol [${first.protocol}]: `, first.protocol, templateOf));
  if (protocol === undefined && request.yes !== true) {
    const choices = templates.map((template) => template.protocol).join("|");
    throw new CreateError("OPTION_MISSING", `there is no terminal to ask; give --protocol ${choices}, or --yes`);
  }
  const template = templateOf(protocol ?? first.protocol);
  const base = { name, protocol: template.protocol, model };
  if (model !== undefined || properties.length > 0) return { ...base, properties };
  if (ask) return { ...base, properties: await askForProperties({ ask, note: interview.note }, template) };
  if (request.yes === true) return { ...base, properties: template.example };
  throw new CreateError("OPTION_MISSING", "there is no terminal to ask; give --property or --model, or --yes");
}

interface Asker {
  readonly ask: (question: string) => Promise<string>;
  readonly note: (text: string) => void;
}

interface Question {
  readonly question: string;
  /** What an empty answer means; empty: it is no answer. */
  readonly fallback: string;
  readonly check: (text: string) => unknown;
}

async function askUntilRight({ ask, note }: Asker, { question, fallback, check }: Question): Promise<string> {
  for (;;) {
    const answer = (await ask(question)) || fallback;
    try {
      check(answer);
      return answer;
    } catch (error) {
      if (!(error instanceof CreateError)) throw error;
      note(`  ${error.message}`);
    }
  }
}

async function askForProperties(asker: Asker, { example }: Template): Promise<readonly string[]> {
  asker.note("Properties as NAME:TYPE:ACCESS, one at a time or with commas; an empty line ends.");
  asker.note("  TYPE is boolean, int, float, double, string, bytes, or values like OFF/ON; ACCESS is r or rw.");
  const given: string[] = [];
  for (;;) {
    const question = given.length === 0 ? `Property [${example.join(",")}]: ` : "Next property [none]: ";
    const answer = await askUntilRight(asker, {
      question,
      fallback: "",
      check: (text) => parseProperties([...given, text]),
    });
    if (answer === "") return given.length === 0 ? example : given;
    given.push(answer);
  }
}
