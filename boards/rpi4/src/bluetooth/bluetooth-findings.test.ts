import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { bluetoothFindings } from "./bluetooth-findings.ts";

async function found(files: readonly (readonly [string, string])[]): Promise<readonly string[]> {
  const root = mkdtempSync(join(tmpdir(), "edgetwin-bluetooth-"));
  try {
    for (const [path, content] of files) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    return (await bluetoothFindings(root)).map(({ check, state, message }) => `${check} ${state} ${message}`);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const adapter = ["sys/class/bluetooth/hci0/uevent", ""] as const;

test("an adapter that nobody holds is free, and a machine without one says nothing", async () => {
  assert.deepEqual(await found([]), []);
  assert.deepEqual(await found([adapter]), ["hci0 ok free for the ble mapper"]);
});

test("bluetoothd and rfkill are named with the commands that end them", async () => {
  const [finding] = await found([
    adapter,
    ["sys/class/bluetooth/hci0/rfkill0/soft", "1\n"],
    ["proc/411/comm", "bluetoothd\n"],
  ]);
  assert.match(finding ?? "", /rfkill unblock bluetooth.*systemctl disable --now bluetooth/);
});
