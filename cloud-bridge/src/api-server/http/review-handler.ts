import { randomUUID } from "node:crypto";
import { type Attributes, mayDo } from "../access/authorize.ts";
import { adminGroup, type User } from "../access/user.ts";
import { type Fields, fieldsAt } from "../api-object.ts";
import type { reviews } from "../discovery/documents.ts";
import { badRequest } from "../failures.ts";
import { contentTypeOf, parseObject, readBody } from "./body.ts";
import { type Exchange, sendObject } from "./exchange.ts";

type Review = (typeof reviews)[number];

/** Answers what the asker is and may do. */
export async function handleReview(exchange: Exchange, { kind, group }: Review): Promise<void> {
  const { request, user } = exchange;
  const asked = parseObject(await readBody(request), contentTypeOf(request), kind);
  const spec = fieldsAt(asked, "spec");
  const status =
    kind === "SelfSubjectReview" ? whoIs(user) : kind === "SelfSubjectRulesReview" ? rulesOf(user) : answer(user, spec);
  const body = {
    kind,
    apiVersion: `${group}/v1`,
    metadata: { creationTimestamp: null },
    ...(kind !== "SelfSubjectReview" && { spec }),
    status,
  };
  sendObject(exchange, { code: 201 }, body);
}

const whoIs = ({ name, groups }: User): Fields => ({ userInfo: { username: name, uid: randomUUID(), groups } });

const all = ["*"];

function rulesOf({ groups }: User): Fields {
  const isAdmin = groups.includes(adminGroup);
  return {
    resourceRules: [
      ...(isAdmin ? [{ verbs: all, apiGroups: all, resources: all }] : []),
      {
        verbs: ["create"],
        apiGroups: ["authorization.k8s.io"],
        resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
      },
      { verbs: ["create"], apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"] },
    ],
    nonResourceRules: [
      ...(isAdmin ? [{ verbs: all, nonResourceURLs: all }] : []),
      {
        verbs: ["get"],
        nonResourceURLs: [
          "/api",
          "/api/*",
          "/apis",
          "/apis/*",
          "/healthz",
          "/livez",
          "/openapi",
          "/openapi/*",
          "/readyz",
          "/version",
          "/version/",
        ],
      },
    ],
    incomplete: false,
  };
}

function answer(user: User, spec: Fields): Fields {
  const attributes = attributesOf(spec);
  const allowed = mayDo(user, attributes);
  return {
    allowed,
    ...(allowed && {
      reason: user.groups.includes(adminGroup) ? `"${adminGroup}" may do everything` : "allowed by its role",
    }),
  };
}

/** @throws BridgeError `KUBERNETES` 400 when nothing is asked. */
function attributesOf(spec: Fields): Attributes {
  const text = (of: Fields, key: string) => (typeof of[key] === "string" ? of[key] : "");
  if (spec.resourceAttributes !== undefined) {
    const of = fieldsAt(spec, "resourceAttributes");
    return {
      verb: text(of, "verb"),
      group: text(of, "group"),
      resource: text(of, "resource"),
      namespace: text(of, "namespace"),
      name: text(of, "name"),
    };
  }
  if (spec.nonResourceAttributes === undefined)
    throw badRequest("exactly one of nonResourceAttributes or resourceAttributes must be specified");
  const of = fieldsAt(spec, "nonResourceAttributes");
  return { verb: text(of, "verb"), path: text(of, "path") };
}
