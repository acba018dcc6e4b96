import { parentPort, workerData } from "node:worker_threads";
import { failureOf } from "../explain-failure.ts";
import {
  type Job,
  type Opened,
  openingId,
  type Reply,
  type Request,
  type WorkerFigures,
  type WorkerOptions,
} from "../messages.ts";
import { Session } from "./session.ts";
import { threadBytes } from "./write-meter.ts";

// The storage thread: everything in it may block on the card. It loads nothing but SQLite and node's own modules, since
// every module here costs memory a second time.

const port = parentPort;
if (!port) throw new TypeError("this module is the body of a worker thread");
const session = new Session(workerData as WorkerOptions);

try {
  port.postMessage({ id: openingId, result: session.open() satisfies Opened } satisfies Reply);
} catch (error) {
  session.close();
  port.postMessage({ id: openingId, failure: failureOf(error) } satisfies Reply);
}

port.on("message", ({ id, job }: Request) => {
  const send = (reply: Reply) => port.postMessage(reply);
  try {
    const result = run(id, job);
    if (result instanceof Promise) {
      result.then(
        (value: unknown) => send({ id, result: value }),
        (error: unknown) => send({ id, failure: failureOf(error) }),
      );
    } else send({ id, result });
  } catch (error) {
    session.noteFailure(error);
    send({ id, failure: failureOf(error) });
  }
});

function run(id: number, job: Job): unknown {
  switch (job.do) {
    case "commit":
      return session.database.commit(job.cells, job.durable);
    case "sync":
      return session.database.sync();
    case "checkpoint":
      return session.database.checkpoint();
    case "load":
      // Every row went through here once and none is kept; nothing else makes this heap look through itself for hours.
      setImmediate(() => (globalThis as { gc?: () => void }).gc?.());
      return session.database.load((part) => port?.postMessage({ id, part } satisfies Reply));
    case "causes":
      return session.database.causes(job.device, job.property);
    case "backup":
      return session.backup(job.path);
    case "queue":
      return session.queue.answer(job.ask);
    case "history":
      return session.history.answer(job.ask);
    case "figures":
      return figures();
    case "recover":
      return session.recover(job.now);
    case "close":
      return session.close();
  }
}

function figures(): WorkerFigures {
  const os = threadBytes();
  const own = session.database.figures();
  const { bytesWritten: sinks } = session.queue;
  const { bytesWritten: history } = session.history;
  return {
    ...own,
    bytesWritten: { ...own.bytesWritten, ...(sinks > 0 && { sinks }), ...(history > 0 && { history }) },
    ...(os !== undefined && { osBytesWritten: os }),
  };
}
