import type { ResourceJson } from "../../api/resources.ts";
import type { DeviceTwinJson } from "../../api/routes/twins.ts";
import { AgentError } from "../../errors.ts";
import type { AgentClient } from "../client.ts";
import type { Lookup } from "./complete.ts";

/** Looks names up in the running agent. A shell that completes has no use for error messages. */
export function agentLookup(client: AgentClient): Lookup {
  return async (what, device) => {
    try {
      if (what === "property") return device === undefined ? [] : await propertiesOf(client, device);
      const { items } = await client.request<{ items: readonly ResourceJson[] }>(`/api/v1/${what}s`);
      return items.map(({ metadata: { namespace, name } }) =>
        namespace === "default" ? name : `${namespace}/${name}`,
      );
    } catch (error) {
      if (error instanceof AgentError) return [];
      throw error;
    }
  };
}

async function propertiesOf(client: AgentClient, device: string): Promise<string[]> {
  const [namespace, name] = device.includes("/") ? device.split("/") : ["default", device];
  const path = [namespace, name].map((part = "") => encodeURIComponent(part)).join("/");
  const twin = await client.request<DeviceTwinJson>(`/api/v1/devices/${path}/twin`);
  return Object.keys(twin.properties);
}
