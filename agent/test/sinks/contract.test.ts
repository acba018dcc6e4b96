import { testSinkContract } from "@edgetwin/mapper-sdk/testing";
import { http } from "../../src/sinks/kinds/http.ts";
import { influxdb2 } from "../../src/sinks/kinds/influxdb2.ts";
import { mqtt } from "../../src/sinks/kinds/mqtt.ts";
import { otel } from "../../src/sinks/kinds/otel.ts";
import { redis } from "../../src/sinks/kinds/redis.ts";
import { tdengine } from "../../src/sinks/kinds/tdengine.ts";
import { httpFarEnd } from "./support/http-far-end.ts";
import { influxService, jsonService, otlpService, tdengineService } from "./support/http-services.ts";
import { mqttFarEnd } from "./support/mqtt-far-end.ts";
import { redisFarEnd } from "./support/redis-far-end.ts";

testSinkContract(http, {
  peer: () => httpFarEnd(jsonService),
  badConfigs: [
    {},
    { hostName: "ftp://10.0.0.5" },
    { hostName: "http://10.0.0.5", prot: 80 },
    { hostName: "http://a:b@c" },
  ],
});

testSinkContract(otel, {
  peer: () => httpFarEnd(otlpService),
  badConfigs: [{}, { endpointURL: "collector:4317" }, { endpointUrl: "http://collector:4318" }],
});

testSinkContract(influxdb2, {
  peer: () => httpFarEnd(influxService),
  badConfigs: [
    {},
    { url: "http://10.0.0.5:8086" },
    { url: "10.0.0.5:8086", bucket: "edge" },
    { url: "http://a", bucket: "b", tag: { a: 1 } },
  ],
});

testSinkContract(tdengine, {
  peer: () => httpFarEnd(tdengineService),
  badConfigs: [{}, { addr: "10.0.0.5:6041" }, { addr: "http://10.0.0.5", dbName: "plant" }],
});

testSinkContract(mqtt, {
  peer: mqttFarEnd,
  refusable: false,
  badConfigs: [
    {},
    { address: "tcp://10.0.0.5:1883" },
    { address: "http://a", topic: "t" },
    { address: "tcp://a", topic: "a/#" },
  ],
});

testSinkContract(redis, {
  peer: redisFarEnd,
  badConfigs: [{}, { addr: "10.0.0.5:70000" }, { addr: "10.0.0.5:6379", db: -1 }],
});
