import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { ArrivedPoint, SinkPeer } from "@edgetwin/mapper-sdk/testing";
import { WireProxy } from "./wire-proxy.ts";

/** The members of a sorted set as KubeEdge writes them. */
export function arrivedMember(member: string): ArrivedPoint {
  const { DeviceName, Namespace, PropertyName, Value, TimeStamp } = JSON.parse(member) as Record<string, string>;
  return {
    device: `${Namespace}/${DeviceName}`,
    property: String(PropertyName),
    at: Number(TimeStamp),
    value: String(Value),
  };
}

/** As much of a Redis as the sink speaks to (RESP 2), behind a wire that can be cut. */
export async function redisFarEnd(): Promise<SinkPeer & { readonly commands: readonly (readonly string[])[] }> {
  const commands: string[][] = [];
  const sets = new Map<string, string>();
  let refusing = false;
  const answer = (command: readonly string[]): string => {
    const [name = "", , score, member = ""] = command;
    if (name.toUpperCase() !== "ZADD") return "+OK\r\n";
    if (refusing) {
      refusing = false;
      return "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";
    }
    const isNew = !sets.has(member);
    sets.set(member, String(score));
    return isNew ? ":1\r\n" : ":0\r\n";
  };
  const serve = (socket: Socket) => {
    let pending = "";
    socket
      .on("error", () => undefined)
      .setEncoding("utf8")
      .on("data", (text) => {
        pending += text;
        for (let command = takeCommand(); command; command = takeCommand()) {
          commands.push(command);
          socket.write(answer(command));
        }
      });
    /** An array of bulk strings, when a whole one is there. */
    function takeCommand(): string[] | undefined {
      const bytes = Buffer.from(pending);
      const lineAt = (from: number) => bytes.indexOf("\r\n", from);
      let at = lineAt(0);
      if (at < 0) return undefined;
      const words: string[] = [];
      for (let left = Number(bytes.subarray(1, at)); left > 0; left--) {
        const head = lineAt(at + 2);
        if (head < 0) return undefined;
        const length = Number(bytes.subarray(at + 3, head));
        if (bytes.length < head + 2 + length + 2) return undefined;
        words.push(bytes.toString("utf8", head + 2, head + 2 + length));
        at = head + 2 + length;
      }
      pending = bytes.toString("utf8", at + 2);
      return words;
    }
  };
  const server = createServer(serve).listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = await WireProxy.open((server.address() as { port: number }).port);
  return {
    commands,
    config: { addr: `127.0.0.1:${proxy.port}`, db: 1 },
    credential: { secret: "hunter2" },
    arrived: () => [...sets].sort(([, a], [, b]) => Number(a) - Number(b)).map(([member]) => arrivedMember(member)),
    connections: proxy.connections,
    stall: proxy.stall,
    down: proxy.down,
    up: proxy.up,
    refuseNext: () => {
      refusing = true;
    },
    async [Symbol.asyncDispose]() {
      await proxy.down();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}
