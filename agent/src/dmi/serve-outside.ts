import type { Socket } from "node:net";
import { Scope } from "@edgetwin/mapper-sdk";
import { attachHost, takeConnections } from "@edgetwin/mapper-sdk/dmi";
import { version } from "../version.ts";
import type { AttachOurs } from "./attach-ours.ts";
import { managerServices } from "./manager-service.ts";
import { MapperLinks } from "./mapper-links.ts";
import type { DmiParts } from "./open-dmi.ts";
import { RegistrationFile } from "./registrations.ts";

/** Serves connections of mappers and keeps the links to them. */
export function serveOutside({ config, core, children, ...shared }: DmiParts, registrations: string) {
  const { clock, log, engine, registry } = core;
  const scope = new Scope();
  const file = scope.use(new RegistrationFile(registrations, { clock, log }));
  const attachOurs: AttachOurs = (address, options) => attachHost(address, { ...options, name: core.node, version });
  const links = scope.use(new MapperLinks({ ...shared, registry, engine, file, clock, log, children, attachOurs }));
  const services = managerServices({ links, engine, clock }, { v1alpha1: config.dmi.v1alpha1 });
  const server = scope.use(takeConnections(services, { log }));
  return {
    links,
    take: (connection: Socket) => server.take(connection),
    restore: () => links.restore(file.load()),
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
}
