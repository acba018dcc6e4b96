import { ok, type Reply } from "../reply.ts";
import type { Call, Route } from "../route.ts";

/** Mappers: where they run and how they are. */
export const mapperRoutes: readonly Route[] = [{ method: "GET", path: "/api/v1/mappers", handle: listMappers }];

function listMappers({ state }: Call): Reply {
  return ok({ kind: "MapperList", items: state.mappers() });
}
