import { fdatasyncSync, openSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { openDatabase, type Row } from "./database.ts";

const path = String(workerData);
const database = openDatabase(path);
const wal = openSync(`${path}-wal`, "r");
const cells = 6;

parentPort?.on("message", (message: unknown) => {
  if (message === "checkpoint") database.checkpoint();
  else if (Array.isArray(message)) {
    const rows: Row[] = [];
    for (let at = 0; at < message.length; at += cells) rows.push(message.slice(at, at + cells) as unknown as Row);
    database.write(rows);
    fdatasyncSync(wal);
  }
  parentPort?.postMessage(true);
});
