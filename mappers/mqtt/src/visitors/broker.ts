import { f, MapperError } from "@edgetwin/mapper-sdk";
import type { BrokerAddress } from "../link/open-socket.ts";

/** A broker and who we are there. */
export interface Broker extends BrokerAddress {
  /** For people, and for credentials that are bound to a host: `mqtts://broker.example:8883`. */
  readonly url: string;
  /** Name of a credential of the agent's configuration. */
  readonly credential?: string | undefined;
  readonly clientId?: string | undefined;
  readonly keepAliveMs: number;
}

/** IANA's ports of MQTT, without and with TLS. */
const ports = { mqtt: 1883, mqtts: 8883 } as const;

const urlField = f.custom('a broker like "mqtt://10.0.0.5:1883", or "mqtts://…" for TLS', (raw) =>
  typeof raw === "string" && /^mqtts?:\/\/[^/@?#]+\/?$/.test(raw) && URL.canParse(raw) ? raw : undefined,
);

/** How to reach a broker: settings that every mapper for devices behind one may take into its own. */
export const brokerFields = {
  /** `mqtt://host:port`, or `mqtts://` for TLS; without user and password. */
  url: urlField,
  /** Name of a credential of the agent's configuration: user, password, certificates. */
  credential: f.optional(f.string()),
  /** For brokers that let in known clients only; else one that nobody else has. */
  clientId: f.optional(f.string()),
  keepAliveMs: f.withDefault(f.int({ min: 1000, max: 65_535_000 }), 30_000),
};

/** What {@link brokerFields} give. */
export interface BrokerSettings {
  readonly url: string;
  readonly credential?: string | undefined;
  readonly clientId?: string | undefined;
  readonly keepAliveMs: number;
}

/** The broker that checked settings name. @throws MapperError `CONFIG_INVALID` for a url that is none. */
export function brokerOf({ url, credential, clientId, keepAliveMs }: BrokerSettings): Broker {
  if (!URL.canParse(url)) throw new MapperError("CONFIG_INVALID", `url: ${url} is no broker`);
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol === "mqtts:" ? "mqtts" : "mqtt";
  const at = port === "" ? ports[scheme] : Number(port);
  return {
    url: `${scheme}://${hostname}:${at}`,
    host: hostname.replace(/^\[|\]$/g, ""),
    port: at,
    tls: scheme === "mqtts",
    credential,
    clientId,
    keepAliveMs,
  };
}
