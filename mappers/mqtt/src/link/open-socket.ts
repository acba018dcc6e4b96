import { connect as connectTcp } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import type { Board, Credential } from "@edgetwin/mapper-sdk";

/** Where a broker is. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** Who wants a stream of bytes to a broker, and as whom. */
export interface OpenStreamContext {
  readonly board: Board;
  readonly credential: Credential;
  /** Aborts when nobody wants it any more. */
  readonly signal: AbortSignal;
}

/** Opens a stream of bytes to a broker: over the network, or over a simulated one. Rejects with what is in the way. */
export type OpenStream = (address: BrokerAddress, context: OpenStreamContext) => Promise<Duplex>;

/** TCP or TLS. The certificate of the broker is always checked. */
export const openSocket: OpenStream = ({ host, port, tls }, { credential, signal }) =>
  new Promise<Duplex>((resolve, reject) => {
    signal.throwIfAborted();
    const { ca, certificate, key } = credential;
    const trust = { ...(ca && { ca }), ...(certificate && { cert: certificate }), ...(key && { key }) };
    const socket = tls
      ? connectTls({ host, port, ...(isName(host) && { servername: host }), ...trust })
      : connectTcp({ host, port });
    socket.setNoDelay(true);
    const settle = (outcome: () => void) => {
      signal.removeEventListener("abort", onAbort);
      socket.removeListener("error", onError);
      socket.removeListener("close", onClose);
      outcome();
    };
    const onAbort = () => settle(() => reject(signal.reason));
    const onError = (error: Error) => settle(() => reject(error));
    const onClose = () => settle(() => reject(new Error("it closed the connection")));
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("error", onError);
    socket.once("close", onClose);
    socket.once(tls ? "secureConnect" : "connect", () => settle(() => resolve(socket)));
    const drop = () => socket.destroy();
    signal.addEventListener("abort", drop, { once: true });
    socket.once("close", () => signal.removeEventListener("abort", drop));
    socket.on("error", () => {}); // told above, and by the end of the stream afterwards
  });

/** TLS sends the name of the host along, but no address (RFC 6066, 3). */
const isName = (host: string): boolean => !/^[\d.]+$|:/.test(host);
