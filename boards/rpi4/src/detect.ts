import { readText } from "./files.ts";

/** What {@link detect} found: a Raspberry Pi and which one, or why this machine is none. */
export type Detection =
  | { readonly present: true; readonly model: string }
  | { readonly present: false; readonly reason: string };

/**
 * Whether this machine is a Raspberry Pi, from the device tree (`/proc/device-tree/model`).
 * `root` is put before `/proc` and `/sys`; tests point it elsewhere. Never rejects for a machine that is no Pi.
 */
export async function detect({ root = "" }: { readonly root?: string } = {}): Promise<Detection> {
  for (const tree of deviceTrees(root)) {
    const model = await readText(`${tree}/model`);
    if (model === undefined) continue;
    const compatible = (await readText(`${tree}/compatible`))?.split("\0") ?? [];
    if (compatible.some((name) => name.startsWith("raspberrypi,"))) return { present: true, model };
    return { present: false, reason: `the device tree says ${JSON.stringify(model)}, which is no Raspberry Pi` };
  }
  return {
    present: false,
    reason:
      "there is no device tree in /proc/device-tree, so this is no Raspberry Pi; in a container, mount /sys/firmware read-only",
  };
}

/** Where the kernel shows the device tree: the documented path and what it links to, which containers often mask. */
export const deviceTrees = (root: string): readonly string[] => [
  `${root}/proc/device-tree`,
  `${root}/sys/firmware/devicetree/base`,
];
