import assert from "node:assert/strict";
import { test } from "node:test";
import { defineModel, defineProtocol, fields, p, silentLog } from "@edgetwin/mapper-sdk";
import type { Device, DeviceModel } from "@edgetwin/models";
import { MapperCatalogue } from "./catalogue.ts";
import { chooseMapper } from "./choose-mapper.ts";

const protocol = (name: string) =>
  defineProtocol({ protocol: name, visitor: fields({}), open: () => 0, read: () => 1 });
const meter = defineModel("meter", { level: p.int() });
const mapperFor = (name: string) => protocol(name).bind(meter, { level: {} });

const device = (protocolName?: string) =>
  ({ metadata: { name: "m" }, spec: { ...(protocolName && { protocol: { protocolName } }) } }) as unknown as Device;
const deviceModel = { metadata: { name: "meter" }, spec: {} } as unknown as DeviceModel;

/** The catalogue after `change`, and what it says about a device of `wanted`. */
function choose(wanted: string | undefined, change: (catalogue: MapperCatalogue) => void): string {
  const catalogue = new MapperCatalogue(silentLog);
  change(catalogue);
  const choice = chooseMapper(device(wanted), deviceModel, meter, catalogue);
  return choice.kind === "part" ? `${choice.source} ${choice.part.kind}` : `${choice.kind}: ${choice.reason}`;
}

const [wire, wire2] = [protocol("wire"), protocol("wire")];

test("a mapper made for the model goes before a protocol that comes first", () => {
  const chosen = choose("wire", (catalogue) => {
    catalogue.attach("a", [wire]);
    catalogue.attach("b", [mapperFor("wire")]);
  });
  assert.equal(chosen, "b mapper");
});

test("of two that serve the same, the first of the configuration gets the device, and keeps it while it is away", () => {
  const both = (catalogue: MapperCatalogue) => {
    catalogue.announce("a");
    catalogue.announce("b");
    catalogue.attach("b", [wire2]);
    catalogue.attach("a", [wire]);
  };
  assert.equal(choose("wire", both), "a protocol");
  const away = choose("wire", (catalogue) => {
    both(catalogue);
    catalogue.detach("a", "it was killed");
  });
  assert.equal(away, "away: its mapper a is not running: it was killed");
});

test("of two that registered themselves, one that runs goes before one that is gone", () => {
  const chosen = choose("wire", (catalogue) => {
    catalogue.announce("old", { registered: true });
    catalogue.attach("old", [wire]);
    catalogue.announce("new", { registered: true });
    catalogue.attach("new", [wire2]);
    catalogue.detach("old", "it ended");
  });
  assert.equal(chosen, "new protocol");
});

test("whoever registered itself comes after the packages of the configuration", () => {
  const chosen = choose("wire", (catalogue) => {
    catalogue.announce("visitor", { registered: true });
    catalogue.attach("visitor", [wire]);
    catalogue.announce("a");
    catalogue.attach("a", [wire2]);
  });
  assert.equal(chosen, "a protocol");
});

test("while a package is starting nobody says that there is no mapper", () => {
  assert.equal(
    choose("wire", (catalogue) => catalogue.announce("a")),
    "away: its mapper is not known yet: a is still starting",
  );
});

test("a package that does not load is named where it may be the one that is missed", () => {
  const chosen = choose("wire", (catalogue) => {
    catalogue.attach("ok", [protocol("other")]);
    catalogue.fail("./bad.js", "it failed while it was loaded: oops");
  });
  assert.equal(
    chosen,
    "none: no installed mapper speaks wire; what does not load: ./bad.js (it failed while it was loaded: oops)",
  );
});

test("a manifest for another protocol than the mapper of its model names both", () => {
  const chosen = choose("wire", (catalogue) => catalogue.attach("a", [mapperFor("serial")]));
  assert.equal(chosen, "none: the mapper for meter speaks serial, but the manifest names wire");
});

test("two that serve the same are told about once, with the one that gets the devices", () => {
  const told: unknown[] = [];
  const log = { ...silentLog, warn: (_: string, fields?: object) => void told.push(fields) };
  const catalogue = new MapperCatalogue(log);
  catalogue.announce("a");
  catalogue.announce("b");
  catalogue.attach("a", [wire]);
  catalogue.attach("b", [wire2, mapperFor("wire")]);
  assert.deepEqual(told, [{ protocol: "wire", first: "a", second: "b" }]);
});
