import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { Aedes } from "aedes";

/** Servers that take everything: one over HTTP, a broker, and one that takes connections and never answers. */
export interface FarEnds extends AsyncDisposable {
  readonly httpPort: number;
  readonly mqttPort: number;
  readonly silentPort: number;
  /** Values that arrived over HTTP. */
  values(): number;
  /** Whether HTTP is answered with 503. */
  away: boolean;
}

export async function openFarEnds(): Promise<FarEnds> {
  let values = 0;
  const http = createHttpServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text) => {
      body += text;
    });
    request.on("end", () => {
      if (!ends.away) values += body.split('"property"').length - 1;
      response.writeHead(ends.away ? 503 : 204).end();
    });
  });
  const broker = await Aedes.createBroker();
  const mqtt = createServer(broker.handle);
  const silent = createServer((socket) => socket.resume().on("error", () => undefined));
  for (const server of [http, mqtt, silent]) await once(server.listen(0, "127.0.0.1"), "listening");
  const portOf = (server: { address(): AddressInfo | string | null }) => (server.address() as AddressInfo).port;
  const ends: FarEnds = {
    httpPort: portOf(http),
    mqttPort: portOf(mqtt),
    silentPort: portOf(silent),
    values: () => values,
    away: false,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      http.close();
      silent.close();
      await new Promise<void>((resolve) => broker.close(resolve));
      mqtt.close();
    },
  };
  return ends;
}
