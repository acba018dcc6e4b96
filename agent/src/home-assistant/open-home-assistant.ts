import type { Scope } from "@edgetwin/mapper-sdk";
import type { AgentConfig } from "../config/config.ts";
import type { Core } from "../core.ts";
import { credentialOf } from "../credentials/credential-of.ts";
import { AgentError } from "../errors.ts";

/** Shows the devices in Home Assistant when the configuration names its broker; else it costs nothing. */
export async function openHomeAssistant(
  { homeAssistant, credentials }: Pick<AgentConfig, "homeAssistant" | "credentials">,
  core: Core,
  scope: Scope,
): Promise<void> {
  const { url, credential: name, prefix } = homeAssistant;
  if (url === undefined) return;
  const [{ openExternalBus }, { HomeAssistantDoor }, { HomeAssistantTopics }] = await Promise.all([
    import("../bus/external.ts"),
    import("./home-assistant-door.ts"),
    import("./topics.ts"),
  ]);
  const { username, secret, ca, certificate, key } = name === undefined ? {} : credential(name);
  const topics = new HomeAssistantTopics(core.node, prefix);
  const { clock, log, node } = core;
  const bus = scope.use(
    openExternalBus({
      ...{ clock, log, node, url, will: { topic: topics.agent, payload: "offline" } },
      ...(username !== undefined && { username }),
      ...(secret !== undefined && { password: secret }),
      tls: { ...(ca && { ca }), ...(certificate && { cert: certificate }), ...(key && { key }) },
    }),
  );
  scope.use(new HomeAssistantDoor({ core, bus, topics }));

  function credential(named: string) {
    try {
      return credentialOf(named, url as string, { credentials, env: process.env });
    } catch (cause) {
      throw new AgentError("CONFIG_INVALID", `homeAssistant.credential: ${(cause as Error).message}`, { cause });
    }
  }
}
