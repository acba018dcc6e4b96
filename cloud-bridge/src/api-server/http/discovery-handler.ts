import { createHash } from "node:crypto";
import { aggregated, coreVersions, group, groupList, resourceList } from "../discovery/documents.ts";
import { noSuchPath, notAcceptable } from "../failures.ts";
import { openApiV3 } from "../openapi/document.ts";
import { encodeOpenApiV2 } from "../openapi/document-protobuf.ts";
import { openApiV2 } from "../openapi/document-v2.ts";
import type { Registry } from "../resources/registry.ts";
import { type Exchange, sendObject, sendText } from "./exchange.ts";

/** What `/version` says: the release of Kubernetes whose behaviour this is. */
export const serverVersion = {
  major: "1",
  minor: "32",
  gitVersion: "v1.32.0+edgetwin",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "none",
  compiler: "none",
  platform: `${process.platform}/${process.arch}`,
};

const media = "application/json, application/yaml, application/vnd.kubernetes.protobuf";
const oneYearMs = 365 * 24 * 3600 * 1000;

const protobufV2 = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

/** A document that never changes while the server runs, with its hash. */
interface Document {
  readonly body: string | Buffer;
  readonly hash: string;
}

const documentOf = (body: string | Buffer): Document => ({
  body,
  hash: createHash("sha512").update(body).digest("hex").toUpperCase(),
});

/** Answers what the API consists of: discovery, OpenAPI, version and health. */
export class DiscoveryHandler {
  readonly #registry: Registry;
  /** Made when first asked for; their number is that of group versions. */
  readonly #documents = new Map<string, Document>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** @throws BridgeError `KUBERNETES` 404 for a path that is nothing, 406. */
  handle(exchange: Exchange, path: string): void {
    const parts = path.split("/").filter((part) => part !== "");
    const [root, ...rest] = parts;
    if (["healthz", "livez", "readyz"].includes(root ?? "") && rest.length <= 1) sendText(exchange, 200, "ok");
    else if (root === "version" && rest.length === 0) sendObject(exchange, {}, serverVersion);
    else if (root === undefined) sendObject(exchange, {}, { paths: this.#paths() });
    else if (root === "openapi") this.#openApi(exchange, rest);
    else if ((root === "api" || root === "apis") && rest.length === 0) this.#top(exchange, root === "api");
    else if (root === "api" && rest.length === 1)
      this.#found(exchange, resourceList(this.#registry, "", rest[0] as string));
    else if (root === "apis" && rest.length === 1) this.#found(exchange, group(this.#registry, rest[0] as string));
    else if (root === "apis" && rest.length === 2) {
      this.#found(exchange, resourceList(this.#registry, rest[0] as string, rest[1] as string));
    } else throw noSuchPath();
  }

  #paths(): string[] {
    const { groups } = this.#registry;
    const versions = groups.flatMap(({ name, versions: of }) => [
      `/apis/${name}`,
      ...of.map((version) => `/apis/${name}/${version}`),
    ]);
    return [
      "/api",
      "/api/v1",
      "/apis",
      ...versions,
      "/healthz",
      "/livez",
      "/openapi/v2",
      "/openapi/v3",
      "/readyz",
      "/version",
    ].sort();
  }

  #found(exchange: Exchange, document: unknown): void {
    if (document === undefined) throw noSuchPath();
    sendObject(exchange, {}, document);
  }

  #document(key: string, make: () => unknown): Document {
    const known = this.#documents.get(key);
    if (known) return known;
    const value = make();
    const made = documentOf(Buffer.isBuffer(value) ? value : JSON.stringify(value));
    this.#documents.set(key, made);
    return made;
  }

  #top(exchange: Exchange, core: boolean): void {
    const { headers, socket } = exchange.request;
    const wanted = discoveryForm(headers.accept);
    if (wanted === "plain") {
      const address = `${socket.localAddress}:${socket.localPort}`;
      return sendObject(exchange, {}, core ? coreVersions(address) : groupList(this.#registry));
    }
    const document = this.#document(`${core}${wanted}`, () => aggregated(this.#registry, { core, version: wanted }));
    send(exchange, document, {
      "Content-Type": `application/json;g=apidiscovery.k8s.io;v=${wanted};as=APIGroupDiscoveryList`,
      "Cache-Control": "public",
    });
  }

  #openApi(exchange: Exchange, [version, ...rest]: readonly string[]): void {
    if (version === "v2" && rest.length === 0) return this.#openApiV2(exchange);
    if (version !== "v3") throw noSuchPath();
    const documents = this.#openApiDocuments();
    if (rest.length === 0) {
      const paths = Object.fromEntries(
        [...documents].map(([key, { hash }]) => [key, { serverRelativeURL: `/openapi/v3/${key}?hash=${hash}` }]),
      );
      const index = documentOf(JSON.stringify({ paths }));
      return send(exchange, index, {
        "Content-Type": "text/plain; charset=utf-8",
        "Cache-Control": "no-cache, private",
      });
    }
    const key = rest.join("/");
    const document = documents.get(key);
    if (!document) throw noSuchPath();
    const hash = exchange.query.get("hash");
    if (hash !== null && hash !== document.hash) {
      exchange.response.writeHead(301, { Location: `/openapi/v3/${key}?hash=${document.hash}` }).end();
      return;
    }
    const forever = { "Cache-Control": "public, immutable", Expires: new Date(this.#expiry()).toUTCString() };
    send(exchange, document, { "Content-Type": "application/json", ...(hash !== null && forever) });
  }

  /** Everything in one document, which kubectl reads as protobuf only. */
  #openApiV2(exchange: Exchange): void {
    const accepted = (exchange.request.headers.accept ?? "*/*").split(",").map((part) => part.split(";")[0]?.trim());
    const isProtobuf = accepted.some((type) => type?.replace("v2@v1.0", "v2.v1.0") === protobufV2);
    const isJson = accepted.some((type) => ["application/json", "application/*", "*/*"].includes(type ?? ""));
    const cached = { "Cache-Control": "no-cache, private" };
    if (isProtobuf) {
      const document = this.#document("v2 protobuf", () => encodeOpenApiV2(openApiV2(this.#registry)));
      send(exchange, document, { ...cached, "Content-Type": protobufV2 });
    } else if (isJson) {
      const document = this.#document("v2", () => openApiV2(this.#registry));
      send(exchange, document, { ...cached, "Content-Type": "application/json" });
    } else exchange.response.writeHead(406, { ...cached, Vary: "Accept" }).end();
  }

  /** Far away; the hash in the address is what counts. */
  #expiry(): number {
    return Date.UTC(2026, 0, 1) + 20 * oneYearMs;
  }

  #openApiDocuments(): Map<string, Document> {
    const versions = [{ name: "", versions: ["v1"] }, ...this.#registry.groups];
    const keys = versions.flatMap(({ name, versions: of }) => of.map((version) => ({ name, version })));
    return new Map(
      keys
        .filter(({ name, version }) => this.#registry.in(name, version).length > 0)
        .map(({ name, version }) => {
          const key = name === "" ? `api/${version}` : `apis/${name}/${version}`;
          return [key, this.#document(key, () => openApiV3(this.#registry, name, version))];
        }),
    );
  }
}

/** Sends a document, or that the client has it already. */
function send(
  { request, response }: Exchange,
  { body, hash }: Document,
  headers: Readonly<Record<string, string>>,
): void {
  const etag = `"${hash}"`;
  const common = { ETag: etag, Vary: "Accept", "Cache-Control": headers["Cache-Control"] ?? "no-cache, private" };
  if (request.headers["if-none-match"] === etag) response.writeHead(304, common).end();
  else
    response
      .writeHead(200, { ...common, ...headers, "Content-Length": Buffer.byteLength(body) })
      .end(request.method === "HEAD" ? undefined : body);
}

/** Which form of discovery is wanted: a version of the aggregated one, or the one with a document for every group. */
function discoveryForm(accept = "*/*"): string {
  for (const range of accept.split(",").map((part) => part.trim())) {
    const [type, ...parameters] = range.split(";");
    if (!["application/json", "application/yaml", "*/*", "application/*"].includes(type ?? "")) continue;
    if (!parameters.some((part) => part.startsWith("as="))) return "plain";
    const version = parameters.find((part) => part.startsWith("v="))?.slice(2);
    if (parameters.includes("as=APIGroupDiscoveryList") && (version === "v2" || version === "v2beta1")) return version;
  }
  throw notAcceptable(media);
}
