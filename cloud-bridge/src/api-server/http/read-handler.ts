import { type Fields, fieldsAt } from "../api-object.ts";
import { notFound } from "../failures.ts";
import { type Form, mediaTypeOf, readForm } from "../print/form.ts";
import { columnDefinitions, type IncludeObject, partial, type Rows, rowOf, tableOf } from "../print/table.ts";
import { type Item, type ListMetadata, list } from "../read/list.ts";
import { readListOptions } from "../read/list-options.ts";
import { readSelection } from "../read/selection.ts";
import { apiVersionOf } from "../resources/served-resource.ts";
import { type SentEvent, watch } from "../watch/watch.ts";
import { readWatchOptions } from "../watch/watch-options.ts";
import { type Core, load, subjectOf, type Target } from "../write/core.ts";
import { type Exchange, sendObject, sendPiece, setWarnings } from "./exchange.ts";

function rowsFor(core: Core, { query }: Exchange, target: Target, form: Form): Rows {
  const include = query.get("includeObject") ?? "Metadata";
  return { resource: target.resource, form, include: include as IncludeObject, nowMs: core.clock.now() };
}

/** @throws BridgeError `KUBERNETES` 404, 406. */
export function handleGet(core: Core, exchange: Exchange, target: Target): void {
  const form = readForm(exchange.request.headers.accept);
  const object = load(core, target);
  if (!object) throw notFound(subjectOf(target));
  if (form.as === "table") sendObject(exchange, form, tableOf(object, rowsFor(core, exchange, target, form)));
  else sendObject(exchange, form, form.as === "metadata" ? partial(object, form) : object);
}

/** @throws BridgeError `KUBERNETES` 400, 406, 410. */
export async function handleList(core: Core, exchange: Exchange, target: Target): Promise<void> {
  const { query, request, response } = exchange;
  const form = readForm(request.headers.accept);
  const { storage } = core;
  const { resource } = target;
  const selection = readSelection(query, resource, target.namespace);
  const pieces = list({ storage, resource, selection, options: readListOptions(query, storage) });
  const { head, item, tail } = listForm(rowsFor(core, exchange, target, form));
  // The first piece may still be refused; after it the answer has begun.
  let next = await pieces.next();
  if (form.yaml) {
    const items: Item[] = [];
    for (; !next.done; next = await pieces.next()) items.push(...next.value);
    return sendObject(exchange, form, JSON.parse(`${head}${items.map(item).join(",")}${tail(next.value)}`));
  }
  setWarnings(exchange);
  response.writeHead(200, { "Content-Type": "application/json", "Cache-Control": "no-cache, private" });
  if (request.method === "HEAD") {
    response.end();
    await pieces.return({ resourceVersion: "" });
    return;
  }
  let lead = head;
  for (; !next.done; next = await pieces.next()) {
    if (exchange.signal.aborted) return;
    await sendPiece(exchange, `${lead}${next.value.map(item).join(",")}`);
    lead = ",";
  }
  response.end(`${lead === head ? head : ""}${tail(next.value)}\n`);
}

interface ListForm {
  readonly head: string;
  readonly item: (item: Item) => string;
  readonly tail: (metadata: ListMetadata) => string;
}

/** The metadata of a list is known only at its end, and comes there. */
function listForm(rows: Rows): ListForm {
  const { resource, form } = rows;
  const end = (metadata: object) => `],"metadata":${JSON.stringify(metadata)}}`;
  if (form.as === "table") {
    const columns = JSON.stringify(columnDefinitions(resource));
    return {
      head: `{"kind":"Table","apiVersion":"meta.k8s.io/${form.version}","columnDefinitions":${columns},"rows":[`,
      item: ({ object }) => JSON.stringify(rowOf(object(), rows)),
      tail: end,
    };
  }
  if (form.as === "metadata") {
    return {
      head: `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/${form.version}","items":[`,
      item: ({ object }) => JSON.stringify(partial(object(), form)),
      tail: end,
    };
  }
  return {
    head: `{"kind":"${resource.listKind}","apiVersion":"${apiVersionOf(resource)}","items":[`,
    item: ({ text }) => text,
    tail: (metadata) => end(resource.createsOnUpdate ? metadata : { continue: "", ...metadata }),
  };
}

/** @throws BridgeError `KUBERNETES` 400, 406, 422 before the watch begins; after that, failures are events. */
export async function handleWatch(core: Core, exchange: Exchange, target: Target): Promise<void> {
  const { query, request, response, signal } = exchange;
  const form = readForm(request.headers.accept);
  const { resource } = target;
  const selection = readSelection(query, resource, target.namespace);
  const options = readWatchOptions(query);
  setWarnings(exchange);
  response.writeHead(200, {
    "Content-Type": mediaTypeOf({ ...form, yaml: false }),
    "Cache-Control": "no-cache, private",
  });
  response.flushHeaders();
  const shape = eventShape(core, exchange, target, form);
  const send = (events: readonly SentEvent[]) =>
    sendPiece(
      exchange,
      events.map((event) => `${JSON.stringify({ type: event.type, object: shape(event) })}\n`).join(""),
    );
  await watch({ storage: core.storage, resource, selection }, options, { clock: core.clock, signal, sink: { send } });
  response.end();
}

function eventShape(core: Core, exchange: Exchange, target: Target, form: Form): (event: SentEvent) => unknown {
  let withColumns = true;
  return (event) => {
    if (event.type === "ERROR" || form.as === "object") return event.object;
    if (event.type === "BOOKMARK") return bookmarkAs(event.object, form);
    if (form.as === "metadata") return partial(event.object, form);
    const table = tableOf(event.object, rowsFor(core, exchange, target, form), { withColumns });
    withColumns = false;
    return table;
  };
}

function bookmarkAs(object: Fields, form: Form): unknown {
  const metadata = fieldsAt(object, "metadata");
  const kind = form.as === "table" ? "Table" : "PartialObjectMetadata";
  return {
    kind,
    apiVersion: `meta.k8s.io/${form.version}`,
    metadata,
    ...(form.as === "table" && { columnDefinitions: null, rows: [] }),
  };
}
