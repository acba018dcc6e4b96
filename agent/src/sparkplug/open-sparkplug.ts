import type { Scope } from "@edgetwin/mapper-sdk";
import { brokerCredential } from "../bus/broker-credential.ts";
import type { AgentConfig } from "../config/config.ts";
import type { Core } from "../core.ts";

/** Makes the agent an edge node of a Sparkplug B group when the configuration names the broker; else it costs nothing. */
export async function openSparkplug(
  { sparkplug, credentials }: Pick<AgentConfig, "sparkplug" | "credentials">,
  core: Core,
  scope: Scope,
): Promise<void> {
  const { url, credential, group, primaryHost } = sparkplug;
  if (url === undefined) return;
  const [{ openExternalBus }, { SparkplugDoor, SparkplugSession }, { SparkplugTopics }] = await Promise.all([
    import("../bus/external.ts"),
    import("./sparkplug-door.ts"),
    import("./sparkplug-topics.ts"),
  ]);
  const { clock, log, node } = core;
  const topics = new SparkplugTopics(group, node);
  const session = new SparkplugSession();
  const will = () => {
    session.next();
    return { topic: topics.node("NDEATH"), payload: session.death(clock.now()), retain: false };
  };
  const bus = scope.use(
    openExternalBus({
      ...{ clock, log, node, url, will },
      hearsRetained: (topic) => topic.startsWith("spBv1.0/STATE/"),
      ...brokerCredential({ where: "sparkplug", name: credential, url }, credentials),
    }),
  );
  scope.use(new SparkplugDoor({ core, bus, topics, session, primaryHost }));
}
