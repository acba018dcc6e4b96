import { join } from "node:path";
import { Scope } from "@edgetwin/mapper-sdk";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import type { Bus } from "../../src/bus/bus.ts";
import { keepDeviceProfile, type ProfileFile } from "../../src/bus/profile-file.ts";
import { connectTwinTopics } from "../../src/bus/twin-topics.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { FakeGpio } from "./peers/fake-gpio.ts";
import { type LedMapperOptions, LedRaspberryPiMapper } from "./peers/led-raspberrypi-mapper.ts";
import type { StockMapperOptions } from "./peers/stock-mapper.ts";
import { TrafficLightMapper } from "./peers/traffic-light-mapper.ts";
import { createTestCore, type TestCore } from "./test-node.ts";
import { type DeviceSketch, modelOf } from "./test-registry.ts";
import { trafficLight } from "./traffic-light.ts";

export const lampsOff = { red: "OFF", yellow: "OFF", green: "OFF" };

/** The device of KubeEdge's traffic-light example. */
export const light: DeviceSketch = { id: "default/traffic-light-instance-01", model: trafficLight };

/** The device of KubeEdge's led-raspberrypi example. */
export const led: DeviceSketch = {
  id: "default/led-light-instance-01",
  model: modelOf(
    "led-light",
    [
      { name: "power-status", type: "STRING", accessMode: "ReadWrite" },
      { name: "gpio-pin-number", type: "INT", accessMode: "ReadOnly" },
    ],
    { "edgetwin.io/default-values": '{"power-status":"OFF","gpio-pin-number":18}' },
  ),
};

/** Twin topics and profile over some bus, and stock mappers beside them, whose own time is a clock that the test moves. */
export interface StockAgent extends AsyncDisposable {
  readonly core: TestCore;
  readonly file: ProfileFile;
  readonly profilePath: string;
  readonly gpio: FakeGpio;
  readonly mapperClock: ManualClock;
  startLight(options?: Partial<StockMapperOptions>): Promise<TrafficLightMapper>;
  startLed(options?: Partial<LedMapperOptions>): Promise<LedRaspberryPiMapper>;
  /** Where the desired value of a lamp stands. */
  phase(lamp: string): string | undefined;
}

/** @param url where the mappers find the broker. */
export async function openStockAgent(bus: Bus, url: string): Promise<StockAgent> {
  const scope = new Scope();
  const directory = scope.use(temporaryDirectory()).path;
  const core = scope.use(createTestCore());
  const profilePath = join(directory, "deviceProfile.json");
  const file = scope.use(keepDeviceProfile({ core, path: profilePath }));
  scope.use(connectTwinTopics({ bus, core }));
  const mapperClock = new ManualClock();
  const gpio = new FakeGpio();
  const common = { url, profilePath, gpio, clock: mapperClock };
  return {
    core,
    file,
    profilePath,
    gpio,
    mapperClock,
    async startLight(options) {
      await file.settled();
      return scope.use(await TrafficLightMapper.start({ ...common, device: "traffic-light-instance-01", ...options }));
    },
    async startLed(options) {
      await file.settled();
      const first = "subscription" as const;
      return scope.use(
        await LedRaspberryPiMapper.start({ ...common, device: "led-light-instance-01", first, ...options }),
      );
    },
    phase: (lamp) => core.engine.device(light.id)?.twins.get(lamp)?.progress?.phase,
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
}
