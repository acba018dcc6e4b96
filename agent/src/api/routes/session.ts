import { showValue } from "@edgetwin/mapper-sdk";
import { AgentError } from "../../errors.ts";
import { jsonBody } from "../body.ts";
import { ok, type Reply } from "../reply.ts";
import type { Call, Route } from "../route.ts";

const path = "/api/v1/session";

/** Logins of browsers: who has a session may do what the token allows, until it is over. */
export const sessionRoutes: readonly Route[] = [
  { method: "GET", path, open: true, handle: getSession },
  { method: "POST", path, open: true, handle: logIn },
  { method: "DELETE", path, open: true, handle: logOut },
];

/** What the client may do as it is. */
export interface SessionJson {
  readonly mayRead: boolean;
  readonly mayWrite: boolean;
}

function getSession({ guard, header }: Call): Reply {
  const cookie = header("cookie");
  const mayWrite = guard === undefined || guard.isLoggedIn(cookie === undefined ? {} : { cookie });
  return ok({ mayRead: mayWrite || guard?.read === "anyone", mayWrite } satisfies SessionJson);
}

async function logIn(call: Call): Promise<Reply> {
  const { token } = await jsonBody(call, ["token"]);
  if (typeof token !== "string" || token === "")
    throw new AgentError("REQUEST_INVALID", `the field "token" must be text, got ${showValue(token)}`);
  const cookie = call.guard?.logIn(token.trim());
  return { status: 204, ...(cookie !== undefined && { headers: { "Set-Cookie": cookie } }) };
}

function logOut({ guard }: Call): Reply {
  return { status: 204, ...(guard && { headers: { "Set-Cookie": guard.logOut() } }) };
}
