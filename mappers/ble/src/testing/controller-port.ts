import type { SerialEmulator, SerialWire } from "@edgetwin/mapper-sdk/simulation";
import { H4Parser } from "../hci/h4-parser.ts";
import type { SimController } from "./sim-controller.ts";

/** A controller as what is at the far end of a simulated serial port: `board.serialPort(path).attach(controllerPort(controller))`. */
export function controllerPort(controller: SimController): SerialEmulator {
  let parser = new H4Parser();
  let wire: SerialWire | undefined;
  return {
    receive(bytes, from) {
      // Each time the port is opened it is another wire.
      if (from !== wire) {
        wire = from;
        parser = new H4Parser();
        controller.attach((packet) => from.send(packet));
      }
      for (const packet of parser.push(bytes)) controller.receive(packet);
    },
  };
}
