import type { ResourceJson } from "../../api/resources.ts";
import type { OfferListJson } from "../../api/routes/discover.ts";
import type { MethodListJson } from "../../api/routes/methods.ts";
import type { DeviceTwinJson } from "../../api/routes/twins.ts";
import { AgentError } from "../../errors.ts";
import type { DeviceMethod } from "../../methods/device-methods.ts";
import type { AgentClient } from "../client.ts";
import type { Lookup } from "./argument-values.ts";

/** Looks names up in the running agent. A shell that completes has no use for error messages. */
export function agentLookup(client: AgentClient): Lookup {
  return async (what, device, method) => {
    try {
      if (what === "protocol" || what === "option") {
        const { items } = await client.request<OfferListJson>("/api/v1/discover");
        if (what === "protocol") return items.map(({ protocol }) => protocol);
        return items.filter(({ protocol }) => protocol === device).flatMap(({ options = [] }) => options.map(nameOf));
      }
      if (what === "method" || what === "input") {
        const methods = device === undefined ? [] : await methodsOf(client, device);
        if (what === "method") return methods.map(({ name }) => name);
        return methods.filter(({ name }) => name === method).flatMap(inputNames);
      }
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
  const twin = await client.request<DeviceTwinJson>(`${pathOf(device)}/twin`);
  return Object.keys(twin.properties);
}

async function methodsOf(client: AgentClient, device: string): Promise<readonly DeviceMethod[]> {
  return (await client.request<MethodListJson>(`${pathOf(device)}/methods`)).items;
}

const inputNames = (method: DeviceMethod): readonly string[] =>
  method.kind === "properties" ? method.properties : (method.input ?? []).map(nameOf);

const nameOf = ({ name }: { readonly name: string }): string => name;

function pathOf(device: string): string {
  const [namespace, name] = device.includes("/") ? device.split("/") : ["default", device];
  return `/api/v1/devices/${[namespace, name].map((part = "") => encodeURIComponent(part)).join("/")}`;
}
