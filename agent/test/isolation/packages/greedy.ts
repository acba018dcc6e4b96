import { defineProtocol, f, fields } from "@edgetwin/mapper-sdk";

const taken: Buffer[] = [];

/** Takes 200 MiB that V8 does not count, when its device is opened. */
export const greedy = defineProtocol({
  protocol: "filed",
  connection: fields({ file: f.string() }),
  visitor: fields({ at: f.string() }),
  open: () => void taken.push(Buffer.alloc(200 * 2 ** 20, 1)),
  read: () => 1,
  write: () => {},
});

process.stdout.write("greedy was loaded\n");
