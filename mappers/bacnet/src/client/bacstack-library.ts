import type Bacstack from "bacstack";
import { encodeApdu } from "../wire/apdu.ts";
import type { BacnetLibrary, BacnetServices, Exchange } from "./bacnet-library.ts";
import { type Announced, announce } from "./library-announcements.ts";
import { LibraryPort, neverMs } from "./library-port.ts";
import { fromLibrary, inOrder, specificationsOf, toLibrary } from "./library-values.ts";

type Client = InstanceType<typeof Bacstack>;
type Answered = (error: Error | null | undefined, result: unknown) => void;

/** Only told apart by us: on the wire every request gets an id of its device. */
const invokeId = 1;
/** Any: where a request goes is decided by whoever exchanges it. */
const address = "127.0.0.1";
const noPriority = 0;

/** bacstack 0.0.1-beta.14, with a fresh client for each request: it mixes up answers and segments of different devices. */
export function bacstackLibrary(Library: typeof Bacstack): BacnetLibrary {
  const clientOf = (port: LibraryPort): Client => {
    const client = new Library({ transport: port, apduTimeout: neverMs });
    client.on("error", () => undefined);
    return client;
  };
  return {
    name: "bacstack",
    services: (exchange) => servicesOf(clientOf, exchange),
    whoIs(lowLimit, highLimit) {
      const port = new LibraryPort();
      clientOf(port).whoIs({ lowLimit, highLimit });
      return port.take();
    },
    hear(apdu, from, announcements) {
      const port = new LibraryPort();
      const client = clientOf(port);
      const { iAm, cov } = announce(announcements);
      client.on("iAm", iAm);
      client.on("covNotify", ({ request }: { request: Announced }) => cov(request));
      client.on("covNotifyUnconfirmed", ({ request }: { request: Announced }) => cov(request));
      port.deliver(apdu, from);
    },
  };
}

function servicesOf(clientOf: (port: LibraryPort) => Client, exchange: Exchange): BacnetServices {
  const call = async <T>(start: (client: Client, answered: Answered) => void): Promise<T> => {
    const port = new LibraryPort();
    let outcome: { readonly error: Error | null | undefined; readonly result: unknown } | undefined;
    start(clientOf(port), (error, result) => {
      outcome ??= { error, result };
    });
    try {
      port.deliver(await exchange(port.take()));
    } finally {
      // Ends the timer of a request that was not answered, or whose answer the library did not understand.
      port.deliver(encodeApdu({ kind: "abort", invokeId, reason: 0, fromServer: true }));
    }
    const { error, result } = outcome ?? {};
    if (error) throw error;
    return result as T;
  };
  return {
    async readProperty({ object, property, index }) {
      if (index === 0) throw new TypeError("bacstack takes index 0 for no index");
      const options = { invokeId, ...(index !== undefined && { arrayIndex: index }) };
      const { values } = await call<{ values: Parameters<typeof fromLibrary>[0][] }>((client, answered) =>
        client.readProperty(address, object, property, options, answered),
      );
      return values.map(fromLibrary);
    },
    async readPropertyMultiple(places) {
      const { values } = await call<{ values: never[] }>((client, answered) =>
        client.readPropertyMultiple(address, specificationsOf(places), { invokeId }, answered),
      );
      return inOrder(places, values);
    },
    async writeProperty({ object, property, index, value, priority = noPriority }) {
      const options = { invokeId, priority, ...(index !== undefined && { arrayIndex: index }) };
      await call((client, answered) =>
        client.writeProperty(address, object, property, [toLibrary(value)], options, answered),
      );
    },
    async subscribeCov({ processId, object, wanted }) {
      const { confirmed, lifetimeSeconds } = wanted ?? { confirmed: false, lifetimeSeconds: 0 };
      await call((client, answered) =>
        client.subscribeCOV(address, object, processId, !wanted, confirmed, lifetimeSeconds, { invokeId }, answered),
      );
    },
  };
}
