import assert from "node:assert/strict";
import { test } from "node:test";
import { sessionHeaders } from "@edgetwin/cloud-protocol";
import { type AdmissionRules, type Arrival, admit } from "./admission.ts";

const now = Date.UTC(2026, 0, 1);
const { node_id, project_id, ConnectionUse: connectionuse } = sessionHeaders("edge-1");
const headers = { host: "bridge:10000", node_id, project_id, connectionuse };
const certificate = {
  commonName: "system:node:edge-1",
  organization: "system:nodes",
  from: now - 1000,
  until: now + 1000,
  fingerprint: "f",
};
const rules: AdmissionRules = { now, isRevoked: () => false, nodeAuthorization: true, isFull: false };

const outcome = (arrival: Partial<Arrival>, changed: Partial<AdmissionRules> = {}) => {
  const admission = admit({ headers, certificate, ...arrival }, { ...rules, ...changed });
  return "node" in admission ? admission.node : admission.status;
};

const table: readonly (readonly [string, string | number, Partial<Arrival>, Partial<AdmissionRules>?])[] = [
  ["a node with its own certificate", "edge-1", {}],
  ["an Origin of this host", "edge-1", { headers: { ...headers, origin: "https://bridge:10000" } }],
  ["an Origin of another host", 403, { headers: { ...headers, origin: "https://evil.example" } }],
  ["an Origin that is no URL", 403, { headers: { ...headers, origin: "null" } }],
  ["a raw stream", 400, { headers: { ...headers, connectionuse: "str" } }],
  ["no ConnectionUse", 400, { headers: { ...headers, connectionuse: undefined } }],
  ["no node_id", 400, { headers: { ...headers, node_id: undefined } }],
  ["a node_id that is a path", 400, { headers: { ...headers, node_id: "../other" } }],
  ["the certificate of another node", 403, { certificate: { ...certificate, commonName: "system:node:edge-2" } }],
  ["a certificate of no node", 403, { certificate: { ...certificate, organization: "KubeEdge" } }],
  [
    "the certificate of another node with node authorization off",
    "edge-1",
    { certificate: { ...certificate, commonName: "system:node:edge-2" } },
    { nodeAuthorization: false },
  ],
  ["a certificate that ended, resumed by a TLS ticket", 401, { certificate: { ...certificate, until: now } }],
  ["a certificate that is not valid yet", 401, { certificate: { ...certificate, from: now + 1 } }],
  ["a revoked certificate", 401, {}, { isRevoked: () => true }],
  ["one more than allowed", 503, {}, { isFull: true }],
];

for (const [who, expected, arrival, changed] of table)
  test(`${who}: ${typeof expected === "string" ? "let in" : expected}`, () => {
    assert.equal(outcome(arrival, changed), expected);
  });
