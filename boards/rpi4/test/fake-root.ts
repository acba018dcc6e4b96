import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder that stands for `/`, with the kernel files a test needs; removed on dispose. */
export interface FakeRoot extends AsyncDisposable {
  readonly path: string;
  write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  /** Makes `from` a symbolic link to `to`, both below the root. */
  link(from: string, to: string): Promise<void>;
}

/** Makes a {@link FakeRoot} with `files`, by path below it. */
export async function fakeRoot(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<FakeRoot> {
  const path = await mkdtemp(join(tmpdir(), "edgetwin-root-"));
  const root: FakeRoot = {
    path,
    async write(more) {
      for (const [name, content] of Object.entries(more)) {
        await mkdir(dirname(join(path, name)), { recursive: true });
        await writeFile(join(path, name), content);
      }
    },
    async link(from, to) {
      await mkdir(dirname(join(path, from)), { recursive: true });
      await symlink(join(path, to), join(path, from));
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
  await root.write(files);
  return root;
}

/** What /proc/device-tree says on a Raspberry Pi 4. */
export const pi4DeviceTree = {
  "proc/device-tree/model": "Raspberry Pi 4 Model B Rev 1.4\0",
  "proc/device-tree/compatible": "raspberrypi,4-model-b\0brcm,bcm2711\0",
};

/** Big-endian cells, as device tree properties hold them. */
export function cells(...values: number[]): Uint8Array {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => void bytes.writeUInt32BE(value, index * 4));
  return bytes;
}
