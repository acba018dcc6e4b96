import { realpath } from "node:fs/promises";
import { deviceTrees } from "../detect.ts";
import { listNames, readBytes, readText } from "../files.ts";
import { type PwmController, pwmPins } from "./pwm-pins.ts";

/** A PWM channel of the kernel that reaches a header line. */
export interface PwmChannel {
  readonly line: number;
  /** Folder of its controller, e.g. `/sys/class/pwm/pwmchip0`. */
  readonly folder: string;
  readonly channel: number;
  /** False when the device tree does not tell whether the pin is switched to PWM. */
  readonly certain: boolean;
}

const controllers: Readonly<Record<string, PwmController | "gpio">> = {
  "brcm,bcm2835-pwm": "bcm2835",
  "raspberrypi,rp1-pwm": "rp1",
  "pwm-gpio": "gpio",
};

/** The PWM channels below `root`/sys/class/pwm that come out on the header, by what the device tree says of their pins. */
export async function findPwmChannels(root: string): Promise<readonly PwmChannel[]> {
  const folder = `${root}/sys/class/pwm`;
  const channels: PwmChannel[] = [];
  for (const name of await listNames(folder)) {
    const node = await realpath(`${folder}/${name}/device/of_node`).catch(() => undefined);
    if (node === undefined) continue;
    const kind = await controllerOf(node);
    if (kind === "gpio") channels.push(...(await gpioChannels(node, `${folder}/${name}`)));
    else if (kind) channels.push(...(await controllerChannels({ root, node, kind, folder: `${folder}/${name}` })));
  }
  return channels;
}

async function controllerOf(node: string): Promise<PwmController | "gpio" | undefined> {
  const compatible = (await readText(`${node}/compatible`))?.split("\0") ?? [];
  const known = compatible.find((name) => Object.hasOwn(controllers, name));
  return known === undefined ? undefined : controllers[known];
}

/** pwm-gpio.yaml: `gpios` is one triple of controller, line and flags; the controller has one channel. */
async function gpioChannels(node: string, folder: string): Promise<readonly PwmChannel[]> {
  const [, line] = cells(await readBytes(`${node}/gpios`));
  return line === undefined || line > 27 ? [] : [{ line, folder, channel: 0, certain: true }];
}

interface Controller {
  readonly root: string;
  readonly node: string;
  readonly kind: PwmController;
  readonly folder: string;
}

async function controllerChannels({ root, node, kind, folder }: Controller): Promise<readonly PwmChannel[]> {
  const switched = await switchedLines(root, node);
  return pwmPins
    .filter(({ line }) => switched?.has(line) ?? true)
    .map(({ line, channel }) => ({ line, folder, channel: channel[kind], certain: switched !== undefined }));
}

/** The lines that a controller's `pinctrl-0` switches to it; undefined when the tree does not show that. */
async function switchedLines(root: string, node: string): Promise<ReadonlySet<number> | undefined> {
  const groups = cells(await readBytes(`${node}/pinctrl-0`));
  const gpioNodes = await gpioControllers(root);
  if (groups.length === 0 || gpioNodes.length === 0) return undefined;
  const lines = new Set<number>();
  for (const gpio of gpioNodes) {
    for (const child of await listNames(gpio)) {
      const [phandle] = cells(await readBytes(`${gpio}/${child}/phandle`));
      if (phandle === undefined || !groups.includes(phandle)) continue;
      for (const line of await linesOfGroup(`${gpio}/${child}`)) lines.add(line);
    }
  }
  return lines;
}

/** Nodes of the chips that carry the header, from the labels that the Pi's device trees keep in `__symbols__`. */
async function gpioControllers(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const tree of deviceTrees(root)) {
    for (const label of ["gpio", "rp1_gpio"]) {
      const path = await readText(`${tree}/__symbols__/${label}`);
      if (path) found.push(`${tree}${path}`);
    }
    if (found.length > 0) return found;
  }
  return found;
}

/** brcm,bcm2835-gpio.txt: `brcm,pins` holds line numbers. raspberrypi,rp1-gpio.yaml: `pins` holds names like `gpio12`. */
async function linesOfGroup(group: string): Promise<readonly number[]> {
  const named = (await readText(`${group}/pins`))?.split("\0").map((name) => Number(name.replace(/^gpio/, ""))) ?? [];
  return [...cells(await readBytes(`${group}/brcm,pins`)), ...named.filter(Number.isInteger)];
}

/** 32-bit cells of a device tree property: big-endian (devicetree specification 2.2.4). */
function cells(property: Buffer | undefined): readonly number[] {
  if (!property) return [];
  return Array.from({ length: property.length >> 2 }, (_, index) => property.readUInt32BE(index * 4));
}
