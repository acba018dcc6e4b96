import type BacnetJs from "@bacnet-js/client";
import type { BacnetLibrary, BacnetServices, Exchange } from "./bacnet-library.ts";
import { type Announced, announce } from "./library-announcements.ts";
import { LibraryPort, neverMs } from "./library-port.ts";
import { fromLibrary, inOrder, type LibraryObject, specificationsOf, toLibrary, wholeArray } from "./library-values.ts";

/** The library's class. */
export type BacnetJsClass = typeof BacnetJs.default;
type Client = InstanceType<BacnetJsClass>;

/** Only told apart by us: on the wire every request gets an id of its device. */
const invokeId = 1;
/** Any: where a request goes is decided by whoever exchanges it. */
const receiver = { address: "127.0.0.1" };

/** @bacnet-js/client 3, with a fresh client for each request: it mixes up answers and segments of different devices. */
export function bacnetJsLibrary(Library: BacnetJsClass): BacnetLibrary {
  const clientOf = (port: LibraryPort): Client => {
    const client = new Library({ transport: port as never, apduTimeout: neverMs });
    client.on("error", () => undefined);
    return client;
  };
  return {
    name: "bacnet-js",
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
      client.on("iAm", ({ payload }) => iAm(payload as never));
      client.on("covNotify", ({ payload }) => cov(payload as unknown as Announced));
      client.on("covNotifyUnconfirmed", ({ payload }) => cov(payload as unknown as Announced));
      port.deliver(apdu, from);
      client.close();
    },
  };
}

function servicesOf(clientOf: (port: LibraryPort) => Client, exchange: Exchange): BacnetServices {
  const call = async <T>(start: (client: Client) => Promise<T>): Promise<T> => {
    const port = new LibraryPort();
    const client = clientOf(port);
    const answered = start(client);
    answered.catch(() => undefined); // looked at below, unless the exchange fails first
    try {
      port.deliver(await exchange(port.take()));
    } finally {
      client.close(); // rejects a request whose answer the library did not understand
    }
    return await answered;
  };
  return {
    async readProperty({ object, property, index = wholeArray }) {
      const options = { invokeId, arrayIndex: index };
      const { values } = await call((client) => client.readProperty(receiver, object, property, options));
      return values.map((value) => fromLibrary(value as never));
    },
    async readPropertyMultiple(places) {
      const { values } = await call((client) =>
        client.readPropertyMultiple(receiver, specificationsOf(places), { invokeId }),
      );
      return inOrder(places, values as unknown as LibraryObject[]);
    },
    async writeProperty({ object, property, index = wholeArray, value, priority }) {
      const options = { invokeId, arrayIndex: index, ...(priority !== undefined && { priority }) };
      const values = [toLibrary(value)] as never;
      await call((client) => client.writeProperty(receiver, object, property, values, options));
    },
    async subscribeCov({ processId, object, wanted }) {
      const { confirmed, lifetimeSeconds } = wanted ?? { confirmed: false, lifetimeSeconds: 0 };
      await call((client) =>
        client.subscribeCov(receiver, object, processId, !wanted, confirmed, lifetimeSeconds, { invokeId }),
      );
    },
  };
}
