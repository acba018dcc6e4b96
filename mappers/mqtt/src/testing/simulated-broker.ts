import { createRequire } from "node:module";
import { Duplex } from "node:stream";
import { SimBoard } from "@edgetwin/mapper-sdk/simulation";
import type * as MqttPacket from "mqtt-packet";
import type { OpenStream } from "../link/open-socket.ts";
import { until } from "../link/until.ts";
import type { EmulatedBroker } from "./emulated-broker.ts";

const { parser } = createRequire(import.meta.url)("mqtt-packet") as typeof MqttPacket;

/**
 * A way to an emulated broker that is made of memory, for the contract of a mapper. Each board has a broker of its own,
 * which `broker` makes. Connecting and every packet that the mapper sends are operations of the board, which its `faults`
 * let fail or stall.
 */
export function simulatedBroker(broker: (board: SimBoard) => EmulatedBroker): OpenStream {
  const brokers = new WeakMap<SimBoard, EmulatedBroker>();
  return async ({ host, port }, { board, signal }) => {
    if (!(board instanceof SimBoard)) throw new TypeError("a simulated broker needs a SimBoard");
    const name = `${host}:${port}`;
    const far = brokers.get(board) ?? broker(board);
    brokers.set(board, far);
    await until<void>([signal], (done, failed) => void board.faults.step(`${name} connect`).then(done, failed));
    const handle = board.hold(name);
    const [near, end] = pair((packet) => board.faults.step(`${name} ${told(packet)}`));
    near.once("close", () => handle[Symbol.dispose]());
    far.accept(end);
    return near;
  };
}

/** `PUBLISH cmnd/plug/POWER`. */
const told = (packet: MqttPacket.Packet): string =>
  `${packet.cmd.toUpperCase()}${"topic" in packet && packet.topic ? ` ${packet.topic}` : ""}`;

/** Two ends of a connection; `passing` is asked for every packet that leaves the first one. */
function pair(passing: (packet: MqttPacket.Packet) => Promise<void>): [Duplex, Duplex] {
  const packets = parser({ protocolVersion: 4 });
  const sent: MqttPacket.Packet[] = [];
  packets.on("packet", (packet) => sent.push(packet));
  const near: Duplex = new Duplex({
    read() {},
    write(bytes: Buffer, _, done) {
      packets.parse(bytes);
      void (async () => {
        try {
          for (const packet of sent.splice(0)) await passing(packet);
          far.push(bytes);
          done();
        } catch (error) {
          done(error as Error);
        }
      })();
    },
    final(done) {
      far.push(null);
      done();
    },
    destroy(error, done) {
      if (!far.destroyed) far.destroy();
      done(error);
    },
  });
  const far: Duplex = new Duplex({
    read() {},
    write(bytes: Buffer, _, done) {
      near.push(bytes);
      done();
    },
    final(done) {
      near.push(null);
      done();
    },
    destroy(error, done) {
      if (!near.destroyed) near.destroy();
      done(error);
    },
  });
  return [near, far];
}
