import { createServer } from "node:net";
import { Aedes } from "aedes";

/** The baseline: a bare aedes that answers each update with two messages and stores nothing. */
const broker = await Aedes.createBroker();
broker.subscribe(
  "$hw/events/device/+/+/twin/update",
  ({ topic, payload }, done) => {
    const text = payload.toString();
    const answer = (name: string) =>
      broker.publish(
        { cmd: "publish", qos: 0, dup: false, retain: false, topic: `${topic}/${name}`, payload: text },
        () => {},
      );
    answer("result");
    answer("document");
    done();
  },
  () => {},
);
const server = createServer((socket) => {
  socket.setNoDelay(true);
  broker.handle(socket);
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => process.send?.("listening"));
