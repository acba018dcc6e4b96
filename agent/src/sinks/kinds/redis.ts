import { f, fields, MapperError } from "@edgetwin/mapper-sdk";
import { defineSink, type SinkPoint } from "@edgetwin/mapper-sdk/sinks";
import { hostPort, showPlace } from "./host-port.ts";
import { namesOf, valueText } from "./kubeedge-text.ts";

/** A field that KubeEdge has and one connection has no use for. */
const unused = f.optional(f.int({ min: 0 }));

/**
 * Redis as KubeEdge fills it: a sorted set for each device, scored by the milliseconds, whose members are JSON. A member
 * that is there already is not added again: sending twice does no harm.
 */
export const redis = defineSink({
  name: "redis",
  config: fields({
    addr: hostPort(6379),
    db: f.withDefault(f.int({ min: 0 }), 0),
    tls: f.withDefault(f.boolean(), false),
    poolsize: unused,
    poolSize: unused,
    minIdleConns: unused,
  }),
  target: ({ addr, db, tls }) => ({ addr, db, tls }),
  address: ({ addr, db, tls }) => `redis${tls ? "s" : ""}://${showPlace(addr)}/${db}`,
  async open({ target: { addr, db, tls }, credential, scope, signal }) {
    const { createClient } = await import("@redis/client");
    const { username, secret } = credential ?? {};
    const client = createClient({
      socket: { ...addr, ...(tls && { tls: true as const }), reconnectStrategy: false },
      RESP: 2, // what every server speaks
      database: db,
      disableOfflineQueue: true,
      ...(username !== undefined && { username }),
      ...(secret !== undefined && { password: secret }),
    });
    let lost: unknown;
    client.on("error", (error: unknown) => {
      lost = error; // whoever sends next hears of it
    });
    const stop = () => {
      if (client.isOpen) client.destroy();
    };
    scope.defer(stop);
    signal.addEventListener("abort", stop, { once: true });
    scope.defer(() => signal.removeEventListener("abort", stop));
    await client.connect();
    return {
      async send(points) {
        if (!client.isReady) throw lost ?? new Error("the connection was closed");
        const batch = client.multi();
        for (const point of points) batch.zAdd(namesOf(point)[1], { score: point.at, value: memberOf(point) });
        try {
          await batch.execAsPipeline();
        } catch (error) {
          throw refusalOf(error) ?? error;
        }
      },
    };
  },
});

/** The data model of KubeEdge's mapper-framework, field names included. */
function memberOf(point: SinkPoint): string {
  const [Namespace, DeviceName] = namesOf(point);
  const { property: PropertyName, type, at: TimeStamp } = point;
  return JSON.stringify({
    DeviceName,
    PropertyName,
    Namespace,
    Value: valueText(point),
    Type: type.toLowerCase(),
    TimeStamp,
  });
}

/** Another kind of value under the name of the device stays in the way; everything else passes. */
function refusalOf(error: unknown): MapperError | undefined {
  const errors = error instanceof Error && "replies" in error && Array.isArray(error.replies) ? error.replies : [error];
  const found = errors.find((reply) => reply instanceof Error && /^WRONGTYPE/.test(reply.message));
  return (
    found &&
    new MapperError("SINK_REFUSED", `a key has the name of the device and is no sorted set: ${found.message}`, {
      cause: error,
    })
  );
}
