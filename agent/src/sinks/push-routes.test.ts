import assert from "node:assert/strict";
import { test } from "node:test";
import { annotations, type Device } from "@edgetwin/models";
import { pushRoutes } from "./push-routes.ts";
import { wantsPush } from "./wants-push.ts";

type Properties = NonNullable<Device["spec"]["properties"]>;

const boiler = (properties: Properties, push?: unknown): Device => ({
  apiVersion: "devices.kubeedge.io/v1beta1",
  kind: "Device",
  metadata: {
    name: "boiler",
    ...(push !== undefined && {
      annotations: { [annotations.push]: typeof push === "string" ? push : JSON.stringify(push) },
    }),
  },
  spec: { deviceModelRef: { name: "boiler" }, properties },
});

const names = ["temperature", "pressure"];

test("every method of a property is a route, KubeEdge's layers laid flat, zero values left out", () => {
  const { routes, problems } = pushRoutes(
    boiler([
      {
        name: "temperature",
        reportCycle: 5000,
        pushMethod: {
          http: { hostName: "http://10.0.0.5", port: 8080, requestPath: "" },
          dbMethod: {
            influxdb2: {
              influxdb2ClientConfig: { url: "http://i:8086", org: "", bucket: "b" },
              influxdb2DataConfig: { fieldKey: "t" },
            },
            TDEngine: { TDEngineClientConfig: { addr: "t:6041", dbName: "p" } },
          },
        },
      },
      { name: "pressure", pushMethod: {} },
    ]),
    names,
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(
    routes.map(({ property, sink, raw, where, cycleMs }) => ({ property, sink, raw, where, cycleMs })),
    [
      {
        property: "temperature",
        sink: "http",
        raw: { hostName: "http://10.0.0.5", port: 8080 },
        where: "spec.properties[0].pushMethod.http",
        cycleMs: 5000,
      },
      {
        property: "temperature",
        sink: "influxdb2",
        raw: { url: "http://i:8086", bucket: "b", fieldKey: "t" },
        where: "spec.properties[0].pushMethod.dbMethod.influxdb2",
        cycleMs: 5000,
      },
      {
        property: "temperature",
        sink: "TDEngine",
        raw: { addr: "t:6041", dbName: "p" },
        where: "spec.properties[0].pushMethod.dbMethod.TDEngine",
        cycleMs: 5000,
      },
    ],
  );
});

test("the annotation adds what pushMethod has no field for, and stands for every property under *", () => {
  const device = boiler(
    [
      {
        name: "temperature",
        pushMethod: { dbMethod: { influxdb2: { influxdb2ClientConfig: { url: "http://i", bucket: "b" } } } },
      },
    ],
    {
      "*": { audit: { path: "/a" } },
      temperature: { influxdb2: { gzip: true, quality: "any", credentials: "plant" }, audit: { path: "/b" } },
    },
  );
  const { routes } = pushRoutes(device, names);
  assert.deepEqual(
    routes.map(({ property, sink, raw, anyQuality, credentials }) => [property, sink, raw, anyQuality, credentials]),
    [
      ["temperature", "influxdb2", { url: "http://i", bucket: "b", gzip: true }, true, "plant"],
      ["temperature", "audit", { path: "/b" }, false, undefined],
      ["pressure", "audit", { path: "/a" }, false, undefined],
    ],
  );
  assert.equal(routes[0]?.cycleMs, 1000);
});

test("an annotation that is no JSON, or names a property that is not there, is a problem of its own", () => {
  const broken = pushRoutes(
    boiler([{ name: "temperature", pushMethod: { otel: { endpointURL: "http://o" } } }], "{"),
    names,
  );
  assert.match(broken.problems[0] ?? "", /annotation edgetwin\.io\/push is not JSON like/);
  assert.equal(broken.routes.length, 1);
  const unknown = pushRoutes(boiler([], { temprature: { http: {} } }), names);
  assert.match(unknown.problems[0] ?? "", /no property "temprature"; did you mean "temperature"\?/);
});

test("a device that pushes nothing is told apart without looking into it", () => {
  assert.equal(wantsPush(boiler([{ name: "temperature" }, { name: "pressure", pushMethod: {} }])), false);
  assert.equal(wantsPush(boiler([{ name: "temperature", pushMethod: { anomalyDetection: {} } }])), false);
  assert.equal(wantsPush(boiler([], {})), true);
  assert.equal(wantsPush(boiler([{ name: "temperature", pushMethod: { http: {} } }])), true);
});
