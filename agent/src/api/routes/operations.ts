import { metricText, metricTextType } from "@edgetwin/program";
import { ok, type Reply } from "../reply.ts";
import type { Call, Route } from "../route.ts";

/** What runs the agent asks: is it alive, is it ready, how is it doing, what can it do. */
export const operationRoutes: readonly Route[] = [
  { method: "GET", path: "/api/v1", handle: getAgent },
  { method: "GET", path: "/healthz", open: true, handle: () => ok({ alive: true }) },
  { method: "GET", path: "/readyz", open: true, handle: getReadiness },
  { method: "GET", path: "/metrics", handle: getMetrics },
  { method: "GET", path: "/openapi.json", open: true, handle: getDocument },
];

function getAgent({ core, state }: Call): Reply {
  return ok({ node: core.node, version: state.version, ready: state.readiness.report().ready });
}

function getReadiness({ state }: Call): Reply {
  const report = state.readiness.report();
  return { status: report.ready ? 200 : 503, body: report };
}

async function getMetrics({ state }: Call): Promise<Reply> {
  return { status: 200, type: metricTextType, text: metricText(await state.metrics()) };
}

/** The document is large and rarely asked for, so it is loaded when somebody does. */
async function getDocument({ state }: Call): Promise<Reply> {
  const { openApiDocument } = await import("../openapi/document.ts");
  return ok(openApiDocument(state.version, state.routes));
}
