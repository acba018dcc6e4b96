import { defineProtocol, f, fields } from "@edgetwin/mapper-sdk";

/** A device that answers at once: what is measured is the way to it. */
export const counter = defineProtocol({
  protocol: "counter",
  connection: fields({ start: f.withDefault(f.int(), 0) }),
  visitor: fields({ at: f.int() }),
  open: ({ connection }) => ({ value: connection.start }),
  read: ({ session }) => session.value,
  write: ({ session }, value) => {
    session.value = Number(value);
  },
});
