import type { Route } from "../route.ts";
import { causeRoutes } from "./causes.ts";
import { cloudRoutes } from "./cloud.ts";
import { consoleRoutes } from "./console.ts";
import { deviceRoutes } from "./devices.ts";
import { discoverRoutes } from "./discover.ts";
import { historyRoutes } from "./history.ts";
import { manifestRoutes } from "./manifests.ts";
import { mapperRoutes } from "./mappers.ts";
import { methodRoutes } from "./methods.ts";
import { modelRoutes } from "./models.ts";
import { operationRoutes } from "./operations.ts";
import { sessionRoutes } from "./session.ts";
import { sinkRoutes } from "./sinks.ts";
import { systemRoutes } from "./system.ts";
import { twinRoutes } from "./twins.ts";
import { watchRoutes } from "./watch.ts";

/** Every route; docs/reference/rest.md and the OpenAPI document are compared with it. */
export const allRoutes: readonly Route[] = [
  ...operationRoutes,
  ...deviceRoutes,
  ...modelRoutes,
  ...manifestRoutes,
  ...mapperRoutes,
  ...twinRoutes,
  ...causeRoutes,
  ...methodRoutes,
  ...consoleRoutes,
  ...discoverRoutes,
  ...historyRoutes,
  ...sessionRoutes,
  ...sinkRoutes,
  ...systemRoutes,
  ...cloudRoutes,
  ...watchRoutes,
];
