import { type Clock, systemClock, type Timer } from "@edgetwin/mapper-sdk";
import { connect, implement, type Listening, listen, type ServiceClient, v1beta1 } from "@edgetwin/mapper-sdk/dmi";

type WireDevice = v1beta1.WireDevice;
type WireModel = v1beta1.WireModel;

/** What the author of a mapper writes: reading and writing one property. */
export interface Driver {
  get(device: string, property: string): unknown;
  set(device: string, property: string, value: unknown): void;
}

export interface FrameworkMapperOptions {
  readonly name?: string;
  readonly protocol: string;
  /** Its own socket. */
  readonly socket: string;
  /** The socket of EdgeCore, or of whoever stands in for it. */
  readonly manager: string;
  readonly driver: Driver;
  readonly clock?: Clock;
}

interface RunningDevice {
  readonly device: WireDevice;
  readonly stop: () => void;
}

/**
 * A mapper as KubeEdge's mapper-framework generates it: registers first and listens afterwards, never registers again,
 * restarts a device and rewrites all writable properties with every update, reports each property by itself over a
 * connection of its own, and dies where the framework dereferences nil. What kills it is in `panics`.
 */
export class FrameworkMapper implements AsyncDisposable {
  /** Calls in order: `RegisterDevice default/lamp`. */
  readonly calls: string[] = [];
  /** What the process would have died of. */
  readonly panics: string[] = [];
  /** Errors that the manager answered reports with. */
  readonly refused: string[] = [];
  readonly models = new Map<string, WireModel>();
  readonly devices = new Map<string, RunningDevice>();
  readonly #options: FrameworkMapperOptions;
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #listening: Listening | undefined;
  #isDead = false;

  constructor(options: FrameworkMapperOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Registers, starts what it was given, then listens. Rejects when registering fails: that is fatal. */
  async start(): Promise<void> {
    const { name = "framework-mapper", protocol, socket, manager } = this.#options;
    using connection = await connect(manager);
    const { modelList, deviceList } = await connection.client(v1beta1.deviceManager).mapperRegister(
      {
        withData: true,
        mapper: { name, version: "v1.13.0", apiVersion: "v1.0.0", protocol, address: Buffer.from(socket), state: "ok" },
      },
      { timeoutMs: 1_000 },
    );
    for (const model of modelList) this.models.set(keyOf(model), model);
    for (const device of deviceList) this.#run(device);
    this.#listening = await listen(socket, [this.#service()]);
  }

  /** Resolves when `condition` holds after a call or a write. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Ends as a killed process does. */
  async kill(): Promise<void> {
    this.#isDead = true;
    for (const { stop } of this.devices.values()) stop();
    this.devices.clear();
    await this.#listening?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  /** Reports one property, as the framework does: one twin, a connection for every call. */
  async report(device: WireDevice, property: string, value: string): Promise<void> {
    const desired = device.spec?.properties.find(({ name }) => name === property)?.desired?.value ?? "";
    await this.#call(async (manager) => {
      const twin = { propertyName: property, observedDesired: { value: desired }, reported: { value } };
      await manager.reportDeviceStatus(
        { deviceName: device.name, deviceNamespace: device.namespace, reportedDevice: { twins: [twin] } },
        { timeoutMs: 1_000 },
      );
    });
  }

  /** Reports the health of a device. */
  async reportState(namespace: string, name: string, state: string): Promise<void> {
    await this.#call((manager) =>
      manager.reportDeviceStates({ deviceName: name, deviceNamespace: namespace, state }, { timeoutMs: 1_000 }),
    );
  }

  async #call(action: (manager: Manager) => Promise<unknown>): Promise<void> {
    if (this.#isDead) return;
    try {
      using connection = await connect(this.#options.manager);
      await action(connection.client(v1beta1.deviceManager));
    } catch (error) {
      this.refused.push((error as Error).message); // the framework logs it and goes on
      this.#notify();
    }
  }

  #service() {
    const noted =
      <In, Out>(name: string, keyed: (request: In) => string, handle: (request: In) => Out | Promise<Out>) =>
      async (request: In): Promise<Out> => {
        this.calls.push(`${name} ${keyed(request)}`);
        try {
          return await handle(request);
        } finally {
          this.#notify();
        }
      };
    const ofDevice = ({ device }: { device: WireDevice | undefined }) => (device ? keyOf(device) : "nil");
    const ofModel = ({ model }: { model: WireModel | undefined }) => (model ? keyOf(model) : "nil");
    const named = (request: { deviceName: string; deviceNamespace: string }) =>
      `${request.deviceNamespace}/${request.deviceName}`;
    return implement(v1beta1.deviceMapper, {
      registerDevice: noted("RegisterDevice", ofDevice, async ({ device }) => {
        if (!device) throw new Error("device is nil");
        if (!this.devices.has(keyOf(device))) {
          if (!this.models.has(modelKey(device))) throw new Error(`deviceModel ${modelKey(device)} not found`);
          this.#run(device);
        }
        return { deviceName: device.name, deviceNamespace: device.namespace };
      }),
      updateDevice: noted("UpdateDevice", ofDevice, ({ device }) => {
        if (!device) throw new Error("device is nil");
        if (!this.models.has(modelKey(device))) throw new Error(`deviceModel ${modelKey(device)} not found`);
        this.#run(device);
        return {};
      }),
      removeDevice: noted("RemoveDevice", named, (request) => {
        const running = this.devices.get(named(request));
        if (!running) this.#panic(`RemoveDevice of ${named(request)}, which is not there`);
        running?.stop();
        this.devices.delete(named(request));
        return {};
      }),
      createDeviceModel: noted("CreateDeviceModel", ofModel, ({ model }) => {
        if (model) this.models.set(keyOf(model), model);
        return { deviceModelName: model?.name, deviceModelNamespace: model?.namespace };
      }),
      updateDeviceModel: noted("UpdateDeviceModel", ofModel, ({ model }) => {
        if (!model || !this.models.has(keyOf(model))) throw new Error("update deviceModel failed, not existed");
        this.models.set(keyOf(model), model);
        return {};
      }),
      removeDeviceModel: noted(
        "RemoveDeviceModel",
        ({ modelName, modelNamespace }) => `${modelNamespace}/${modelName}`,
        ({ modelName, modelNamespace }) => {
          this.models.delete(`${modelNamespace}/${modelName}`);
          return {};
        },
      ),
      getDevice: noted("GetDevice", named, () => {
        this.#panic("GetDevice was called");
        return {};
      }),
    });
  }

  /** Starts or restarts a device: every writable property is written, then each is read in its own cycle. */
  #run(device: WireDevice): void {
    const key = keyOf(device);
    this.devices.get(key)?.stop();
    const timers = new Set<Timer>();
    const stop = () => {
      for (const timer of timers) timer[Symbol.dispose]();
      timers.clear();
    };
    this.devices.set(key, { device, stop });
    const model = this.models.get(modelKey(device));
    if (!device.spec?.protocol) return this.#panic(`${key} has no protocol`);
    for (const property of device.spec.properties) {
      const declared = model?.spec?.properties.find(({ name }) => name === property.name);
      if (!property.desired) this.#panic(`${key} ${property.name}: desired is nil`);
      if (!property.visitors?.configData) this.#panic(`${key} ${property.name}: visitors.configData is nil`);
      if (!declared) {
        this.#panic(`${key} ${property.name} is not in its model`);
        continue;
      }
      if (property.collectCycle < 0) this.#panic(`${key} ${property.name}: non-positive interval for NewTicker`);
      if (declared.accessMode !== "ReadOnly") {
        const text = property.desired?.value ?? "";
        const value = text === "" ? "" : convert(declared.type, text);
        if (value === undefined) continue; // never reported then
        this.#options.driver.set(key, property.name, value);
      }
      if (property.reportToCloud) this.#collect(device, property, timers, () => this.devices.get(key)?.stop === stop);
    }
    this.#notify();
  }

  #collect(
    device: WireDevice,
    { name, collectCycle }: { readonly name: string; readonly collectCycle: number },
    timers: Set<Timer>,
    isCurrent: () => boolean,
  ): void {
    const tick = () => {
      const timer = this.#clock.after(collectCycle === 0 ? 1_000 : collectCycle, () => {
        timers.delete(timer);
        if (this.#isDead || !isCurrent()) return;
        const value = this.#options.driver.get(keyOf(device), name);
        void this.report(device, name, typeof value === "string" ? value : JSON.stringify(value)).then(() => {
          if (isCurrent()) tick();
        });
      });
      timers.add(timer);
    };
    tick();
  }

  #panic(reason: string): void {
    this.panics.push(reason);
    this.#notify();
  }

  #notify(): void {
    for (const wake of [...this.#waiting]) wake();
    this.#waiting.clear();
  }
}

type Manager = ServiceClient<(typeof v1beta1.deviceManager)["procedures"]>;

const keyOf = ({ namespace, name }: { namespace: string; name: string }) => `${namespace}/${name}`;
const modelKey = ({ namespace, spec }: WireDevice) => `${namespace}/${spec?.deviceModelReference ?? ""}`;

/** By the type of the model, case ignored; anything the framework cannot convert is undefined. */
function convert(type: string, text: string): unknown {
  switch (type.toLowerCase()) {
    case "int":
      return Number.parseInt(text, 10);
    case "float":
    case "double":
      return Number(text);
    case "boolean":
      return ["1", "t", "T", "TRUE", "true", "True"].includes(text);
    case "string":
      return text;
    default:
      return undefined;
  }
}
