import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { portHolder } from "./port-holder.ts";

test("the process that listens on a port is named, and nobody once it stopped", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  assert.match((await portHolder(port)) ?? "", new RegExp(`^\\S+ \\(pid ${process.pid}\\)$`));
  server.close();
  await once(server, "close");
  assert.equal(await portHolder(port), undefined);
});
