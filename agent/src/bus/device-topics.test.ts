import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  deviceAnswers,
  deviceRequests,
  deviceTopic,
  formsOf,
  nameOf,
  parseDeviceTopic,
  requestFilters,
} from "./device-topics.ts";
import { matchesFilter } from "./topic-table.ts";

/** RFC 1123 names, the ones Kubernetes allows. Some of them are parts of the topic, where KubeEdge's own parser fails. */
const name = fc.oneof(
  fc.constantFrom("dev", "device", "events", "hw", "e", "twin", "update", "state", "default"),
  fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/),
);

test("every form of every device leads back to it, whatever it is called", () => {
  fc.assert(
    fc.property(name, name, fc.constantFrom(...deviceRequests, ...deviceAnswers), (namespace, device, verb) => {
      const id = `${namespace}/${device}`;
      for (const form of formsOf(id)) {
        assert.deepEqual(parseDeviceTopic(deviceTopic(form, verb), verb), { device: id, form });
      }
      assert.equal(nameOf(id), device);
    }),
  );
});

test("each request is caught by exactly one filter of its kind", () => {
  fc.assert(
    fc.property(name, name, fc.constantFrom(...deviceRequests), (namespace, device, request) => {
      for (const form of [device, `${namespace}/${device}`]) {
        const topic = deviceTopic(form, request);
        const caught = deviceRequests.flatMap(requestFilters).filter((filter) => matchesFilter(filter, topic));
        assert.equal(caught.length, 1, topic);
      }
    }),
  );
});

test("topics without a device, with wildcards or with more levels mean no device", () => {
  for (const form of ["", "/", "a/", "/a", "a/b/c", "+", "default/+"]) {
    assert.equal(parseDeviceTopic(deviceTopic(form, "twin/get"), "twin/get"), undefined, form);
  }
  assert.equal(parseDeviceTopic("$hw/events/node/x/twin/get", "twin/get"), undefined);
  assert.equal(parseDeviceTopic("$hw/events/device/x/twin/get", "twin/update"), undefined);
});

test("a topic with a longer name than Kubernetes allows means no device", () => {
  const topic = (length: number) => `$hw/events/device/${"x".repeat(length)}/twin/get`;
  assert.equal(parseDeviceTopic(topic(253), "twin/get")?.device, `default/${"x".repeat(253)}`);
  assert.equal(parseDeviceTopic(topic(60_000), "twin/get"), undefined);
});
