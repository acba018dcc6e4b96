import assert from "node:assert/strict";
import { type Clock, MapperError, Scope } from "@edgetwin/mapper-sdk";
import {
  connect,
  type DraftOf,
  implement,
  listen,
  type MessageOf,
  type ServiceClient,
  v1beta1,
} from "@edgetwin/mapper-sdk/dmi";
import type { Bell } from "./bell.ts";

const { deviceManager, deviceMapper } = v1beta1;
type Report = MessageOf<(typeof deviceManager)["procedures"]["reportDeviceStatus"]["request"]>;
type DeviceDraft = DraftOf<typeof v1beta1.device>;
type ModelDraft = DraftOf<typeof v1beta1.deviceModel>;

/** What EdgeCore lets pass as a value and as the name of a property. */
const passing = /^[A-Za-z0-9\-_.,:/@#]{1,512}$/;
const burst = 100;

/**
 * EdgeCore as a mapper sees it, from the reference and the recordings: its limiter of 100 calls and one a second for all
 * mappers, its alphabet, and everything it dies of, which here fails the test.
 */
export class Edgecore implements AsyncDisposable {
  readonly socket: string;
  readonly #clock: Clock;
  readonly #scope = new Scope();
  /** What the mapper sent that EdgeCore would have died of. */
  readonly deaths: string[] = [];
  /** Reports that were taken, in order. */
  readonly reports: Report[] = [];
  readonly states: string[] = [];
  readonly registrations: string[] = [];
  /** Values as they arrive in the cloud: the first report of each is lost there. */
  readonly cloud = new Map<string, string>();
  readonly #counted = new Map<string, number>();
  refused = 0;
  models: ModelDraft[] = [];
  devices: DeviceDraft[] = [];
  /** Rung with every call. */
  readonly #bell: Bell;
  #tokens = burst;
  #at: number;
  #address = "";

  constructor(socket: string, { clock, bell }: { readonly clock: Clock; readonly bell: Bell }) {
    this.socket = socket;
    this.#clock = clock;
    this.#bell = bell;
    this.#at = clock.monotonic();
  }

  async start(): Promise<void> {
    const service = implement(deviceManager, {
      mapperRegister: ({ mapper, withData }) => {
        this.#take("register mapper");
        if (!mapper) return this.#die("MapperRegister without mapper");
        if (mapper.protocol === "")
          throw new Error(`fail to register mapper ${mapper.name} because the protocol is nil`);
        this.registrations.push(`${mapper.name} ${mapper.protocol}`);
        if (!withData) return {};
        this.#address = Buffer.from(mapper.address).toString();
        const devices = this.devices.filter(({ spec }) => spec?.protocol?.protocolName === mapper.protocol);
        return { deviceList: devices, modelList: devices.flatMap(() => this.models.slice(0, 1)) };
      },
      reportDeviceStatus: (report) => {
        this.#take("report device status");
        const twins = report.reportedDevice?.twins ?? [];
        if (twins.length === 0) throw new Error("ReportDeviceStatusRequest does not have twin data");
        for (const { propertyName, observedDesired, reported } of twins) {
          if (!observedDesired || !reported) return this.#die(`a report of ${propertyName} without both values`);
          this.#arrive(`${report.deviceNamespace}/${report.deviceName}/${propertyName}`, [
            observedDesired.value,
            reported.value,
          ]);
        }
        this.reports.push(report);
        return {};
      },
      reportDeviceStates: ({ deviceNamespace, deviceName, state }) => {
        this.#take("report device states");
        if (/^(ok|online|offline|unhealthy|unknown)$/i.test(state))
          this.states.push(`${deviceNamespace}/${deviceName} ${state}`);
        return {};
      },
    });
    this.#scope.use(await listen(this.socket, [service]));
  }

  /** Calls the mapper as EdgeCore does: a connection of its own for each call, one attempt. */
  async tell<T>(call: (client: MapperClient) => Promise<T>): Promise<T> {
    using connection = await connect(this.#address);
    return await call(connection.client(deviceMapper));
  }

  /** Uses up calls, as other mappers of the node do. */
  drain(calls: number): void {
    this.#tokens -= calls;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope[Symbol.asyncDispose]();
    assert.deepEqual(this.deaths, []);
  }

  #take(what: string): void {
    this.#bell.ring();
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(burst, this.#tokens + (now - this.#at) / 1000);
    this.#at = now;
    if (this.#tokens >= 1) {
      this.#tokens--;
      return;
    }
    this.refused++;
    throw new Error(`fail to ${what} because of too many request`);
  }

  #arrive(key: string, [observed, reported]: readonly [string, string]): void {
    if ([observed, reported].some((value) => value !== "" && !passing.test(value))) return;
    const times = (this.#counted.get(key) ?? 0) + 1;
    this.#counted.set(key, times);
    this.cloud.set(key, times === 1 ? "" : reported);
  }

  #die(of: string): never {
    this.deaths.push(of);
    throw new MapperError("DEVICE_IO", "Connection dropped");
  }
}

type MapperClient = ServiceClient<(typeof deviceMapper)["procedures"]>;
