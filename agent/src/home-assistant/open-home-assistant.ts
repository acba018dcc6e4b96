import type { Scope } from "@edgetwin/mapper-sdk";
import { brokerCredential } from "../bus/broker-credential.ts";
import type { AgentConfig } from "../config/config.ts";
import type { Core } from "../core.ts";

/** Shows the devices in Home Assistant when the configuration names its broker; else it costs nothing. */
export async function openHomeAssistant(
  { homeAssistant, credentials }: Pick<AgentConfig, "homeAssistant" | "credentials">,
  core: Core,
  scope: Scope,
): Promise<void> {
  const { url, credential, prefix } = homeAssistant;
  if (url === undefined) return;
  const [{ openExternalBus }, { HomeAssistantDoor }, { HomeAssistantTopics }] = await Promise.all([
    import("../bus/external.ts"),
    import("./home-assistant-door.ts"),
    import("./topics.ts"),
  ]);
  const { clock, log, node } = core;
  const topics = new HomeAssistantTopics(node, prefix);
  const will = () => ({ topic: topics.agent, payload: Buffer.from("offline"), retain: true });
  const known = brokerCredential({ where: "homeAssistant", name: credential, url }, credentials);
  const bus = scope.use(openExternalBus({ clock, log, node, url, will, ...known }));
  scope.use(new HomeAssistantDoor({ core, bus, topics }));
}
