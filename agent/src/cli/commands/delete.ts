import type { Invocation } from "../command.ts";
import { resourceName, resourcePath } from "../resource-path.ts";

/** `edgetwin delete`: removes one resource. */
export async function run(invocation: Invocation): Promise<undefined> {
  const [kind = "", given = ""] = invocation.positionals;
  const name = resourceName(given, invocation);
  const path = resourcePath(kind === "model" ? "models" : "devices", name);
  await invocation.connect().request(path, { method: "DELETE" });
  invocation.output.line(`${kind}/${name.namespace}/${name.name} deleted`);
}
