import { MapperError } from "@edgetwin/mapper-sdk";
import type { Sighting } from "../adapter/sightings.ts";
import type { Connection } from "./connection.ts";

/** Which device is meant. */
export interface Target {
  readonly address: string | undefined;
  readonly service: string | undefined;
  /** What people call it: the address, or what it is looked for by. */
  readonly title: string;
  matches(sighting: Sighting): boolean;
}

/**
 * The device that `connection` names.
 * @throws MapperError `CONFIG_INVALID` when it names none.
 */
export function targetOf({ address = undefined, macAddress, name, service }: Connection): Target {
  const wanted = address ?? macAddress;
  if (address !== undefined && macAddress !== undefined && address !== macAddress)
    throw new MapperError("CONFIG_INVALID", "connection.macAddress: is another one than address; leave one out");
  if (wanted === undefined && name === undefined && service === undefined)
    throw new MapperError("CONFIG_INVALID", "connection.address: is missing; give an address, a name or a service");
  const pattern = name === undefined ? undefined : patternOf(name);
  const words = [name !== undefined && `named ${name}`, service !== undefined && `with service ${service}`];
  return {
    address: wanted,
    service,
    title: wanted ?? `a device ${words.filter(Boolean).join(" ")}`,
    matches: (sighting) =>
      (wanted === undefined || sighting.address === wanted) &&
      (pattern === undefined || (sighting.name !== undefined && pattern.test(sighting.name))) &&
      (service === undefined || sighting.services.has(service)),
  };
}

const patternOf = (name: string): RegExp =>
  new RegExp(`^${name.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*+/g, ".*")}$`);
