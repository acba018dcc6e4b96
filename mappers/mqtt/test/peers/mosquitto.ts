import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { systemClock } from "@edgetwin/mapper-sdk";
import mqtt, { type MqttClient } from "mqtt";
import type { DeviceBroker } from "../../src/testing/index.ts";

const call = promisify(execFile);

/** Users of the broker with their passwords, and what each may do. */
const users = { edge: "right", plug: "device" } as const;
const acl = "user edge\ntopic readwrite #\ntopic deny locked/set\nuser plug\ntopic readwrite #\n";

/** Debian's mosquitto with passwords, access control, persistence, and a second port with TLS that asks for certificates. */
export class Mosquitto implements AsyncDisposable {
  readonly #directory: string;
  readonly port: number;
  readonly tlsPort: number;
  #child: ChildProcess | undefined;

  private constructor(directory: string, port: number, tlsPort: number) {
    this.#directory = directory;
    this.port = port;
    this.tlsPort = tlsPort;
  }

  static async open(): Promise<Mosquitto> {
    const directory = await mkdtemp(join(tmpdir(), "edgetwin-mosquitto-"));
    const broker = new Mosquitto(directory, await freePort(), await freePort());
    await broker.#configure();
    await broker.start();
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const child = spawn("mosquitto", ["-c", join(this.#directory, "mosquitto.conf")], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    const ended = once(child, "exit").then(() => {
      throw new Error("mosquitto ended at once; on Debian: sudo apt install mosquitto openssl");
    });
    ended.catch(() => undefined);
    const running = new Promise<void>((resolve) => {
      let said = "";
      child.stderr?.on("data", (text) => {
        said += text;
        if (said.includes("running")) resolve();
      });
    });
    await Promise.race([running, ended]);
  }

  /** Ends it as a restart of the machine does: what is retained is on the disk. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    await gone;
  }

  /** Certificates: of the authority, and of a client that it knows. */
  async certificates(): Promise<{ ca: string; certificate: string; key: string }> {
    const [ca, certificate, key] = await Promise.all(
      ["ca.pem", "client.pem", "client.key"].map((name) => readFile(join(this.#directory, name), "utf8")),
    );
    return { ca, certificate, key } as { ca: string; certificate: string; key: string };
  }

  /** A client of its own, as an emulated device has it. */
  async device(): Promise<DeviceBroker & AsyncDisposable> {
    const client = await mqtt.connectAsync(this.url, { username: "plug", password: users.plug, reconnectPeriod: 50 });
    return deviceBroker(client);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #configure(): Promise<void> {
    const at = (name: string) => join(this.#directory, name);
    await makeCertificates(this.#directory);
    await writeFile(at("acl"), acl);
    await writeFile(at("passwords"), "");
    for (const [user, password] of Object.entries(users))
      await call("mosquitto_passwd", ["-b", at("passwords"), user, password]);
    const config = [
      ...[
        "per_listener_settings false",
        "allow_anonymous false",
        `password_file ${at("passwords")}`,
        `acl_file ${at("acl")}`,
      ],
      ...["persistence true", `persistence_location ${this.#directory}/`, "log_dest stderr", "user root"],
      `listener ${this.port} 127.0.0.1`,
      ...[`listener ${this.tlsPort} 127.0.0.1`, `cafile ${at("ca.pem")}`, `certfile ${at("server.pem")}`],
      ...[`keyfile ${at("server.key")}`, "require_certificate true"],
    ];
    await writeFile(at("mosquitto.conf"), `${config.join("\n")}\n`);
  }
}

/** An authority, and what it has signed: a server at 127.0.0.1 and a client. */
async function makeCertificates(directory: string): Promise<void> {
  const at = (name: string) => join(directory, name);
  const openssl = (...words: string[]) => call("openssl", words);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const authority = ["-keyout", at("ca.key"), "-out", at("ca.pem"), "-subj", "/CN=Test authority", "-days", "2"];
  await openssl("req", "-x509", ...key, ...authority, "-addext", "basicConstraints=critical,CA:TRUE");
  for (const name of ["server", "client"]) {
    await openssl("req", ...key, "-keyout", at(`${name}.key`), "-out", at(`${name}.csr`), "-subj", `/CN=${name}`);
    await writeFile(at("names"), "subjectAltName=IP:127.0.0.1\n");
    const signed = [
      "-CA",
      at("ca.pem"),
      "-CAkey",
      at("ca.key"),
      "-CAcreateserial",
      "-days",
      "2",
      "-extfile",
      at("names"),
    ];
    await openssl("x509", "-req", "-in", at(`${name}.csr`), "-out", at(`${name}.pem`), ...signed);
  }
}

function deviceBroker(client: MqttClient): DeviceBroker & AsyncDisposable {
  return {
    publish: (topic, payload, { retain = false } = {}) =>
      void client.publish(topic, typeof payload === "string" ? payload : JSON.stringify(payload), { qos: 1, retain }),
    subscribe(filter, subscriber) {
      client.subscribe(filter, { qos: 1 });
      client.on("message", (topic, payload) => {
        if (topic === filter) subscriber(topic, payload.toString());
      });
    },
    [Symbol.asyncDispose]: () => client.endAsync(true),
  };
}

/** Tries until it works: what is under way in another program takes its time. */
export async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (let times = 0; ; times++) {
    try {
      return await attempt();
    } catch (error) {
      if (times >= 100) throw error;
      await new Promise<void>((resolve) => systemClock.after(50, resolve));
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new TypeError("a TCP server has an address");
  return address.port;
}
