import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { explainAdapter } from "./explain-adapter.ts";

/** A machine made of files: path and content. */
async function explained(files: Readonly<Record<string, string>>, reason = "Device or resource busy") {
  const root = mkdtempSync(join(tmpdir(), "edgetwin-ble-"));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    return await explainAdapter("hci0", new Error(reason), { sys: join(root, "sys"), proc: join(root, "proc") });
  } finally {
    rmSync(root, { recursive: true });
  }
}

const adapter = { "sys/class/bluetooth/hci0/type": "" };
const mayAll = { "proc/self/status": "Name:\tnode\nCapEff:\t0000000000003000\n" };

const machines: readonly [string, Record<string, string>, string, RegExp][] = [
  ["without Bluetooth in the kernel", {}, "unsupported", /this kernel has no Bluetooth/],
  ["with another adapter", { "sys/class/bluetooth/hci1/type": "" }, "disconnected", /no adapter hci0; there is hci1/],
  ["without any adapter", { "sys/class/bluetooth/x/type": "" }, "disconnected", /no adapter is there/],
  [
    "where the process may not",
    { ...adapter, "proc/self/status": "CapEff:\t0000000000002000\n" },
    "permission",
    /lacks CAP_NET_ADMIN; in its systemd unit set AmbientCapabilities/,
  ],
  [
    "where rfkill blocks it",
    { ...adapter, ...mayAll, "sys/class/bluetooth/hci0/rfkill0/soft": "1\n" },
    "busy",
    /rfkill unblock/,
  ],
  [
    "where bluetoothd runs",
    { ...adapter, ...mayAll, "proc/812/comm": "bluetoothd\n" },
    "busy",
    /held by bluetoothd; stop it/,
  ],
  ["where something else holds it", { ...adapter, ...mayAll }, "busy", /hciconfig hci0 down/],
];
for (const [where, files, kind, words] of machines)
  test(`an adapter that cannot be opened is explained on a machine ${where}`, async () => {
    const error = await explained(files);
    assert.equal(error.kind, kind);
    assert.match(error.message, words);
  });

test("what nobody can explain keeps the words of the kernel", async () => {
  assert.match((await explained({ ...adapter, ...mayAll }, "Connection timed out")).message, /Connection timed out/);
});
