import { ble } from "@edgetwin/mapper-ble";
import { bthomeAdvertised, controllerPort, SimController, SimDevice } from "@edgetwin/mapper-ble/testing";
import { type Clock, defineModel, p } from "@edgetwin/mapper-sdk";
import { SimBoard, testMapperContract } from "@edgetwin/mapper-sdk/testing";

const path = "/dev/ttyACM0";
const address = "a4:c1:38:00:00:01";

/** The device behind each board, for those who change what it says. */
const devices = new WeakMap<SimBoard, SimDevice>();

function boardWith(clock: Clock, device: SimDevice): SimBoard {
  const board = new SimBoard({ clock });
  board.serialPort(path).attach(controllerPort(new SimController([device], { clock })));
  devices.set(board, device);
  return board;
}

const deviceOf = (board: SimBoard): SimDevice => devices.get(board) as SimDevice;

const climate = defineModel("climate", {
  temperature: p.float({ unit: "°C" }),
  humidity: p.float({ unit: "%" }),
  battery: p.int({ unit: "%" }),
  signal: p.int({ unit: "dBm" }),
});
const climateVisitors = { temperature: {}, humidity: {}, battery: { value: "battery" }, signal: { value: "rssi" } };
const measure = (board: SimBoard, temperature: number, packetId: number) => {
  deviceOf(board).advertised = bthomeAdvertised({
    temperature,
    humidity: 40 + packetId,
    battery: 80 + packetId,
    packetId,
  });
};

testMapperContract(ble.serve(climate), {
  board: (clock) =>
    boardWith(clock, new SimDevice({ address, ...bthomeAdvertised({ temperature: 21.5, humidity: 45, battery: 90 }) })),
  config: {
    connection: { adapter: path, address: address.toUpperCase(), format: "bthome" },
    visitors: climateVisitors,
  },
  badConfigs: [
    { connection: { adapter: path, format: "bthome" }, visitors: climateVisitors },
    { connection: { adapter: "bluetooth", address, format: "bthome" }, visitors: climateVisitors },
    { connection: { adapter: path, address: "a4:c1:38", format: "bthome" }, visitors: climateVisitors },
    { connection: { adapter: path, address, format: "bthome", bindKey: "00" }, visitors: climateVisitors },
    { connection: { adapter: path, address, format: "ruuvy" }, visitors: climateVisitors },
    {
      connection: { adapter: path, address, format: "bthome" },
      visitors: { ...climateVisitors, battery: { value: "batery" } },
    },
    {
      connection: { adapter: path, address, format: "bthome" },
      visitors: { ...climateVisitors, battery: { value: "motion" } },
    },
    {
      connection: { adapter: path, address, format: "bthome" },
      visitors: { ...climateVisitors, battery: { characteristic: "2a19" } },
    },
  ],
  writes: {},
  pushes: {
    temperature: [
      { change: (board) => measure(board, 22.25, 1), value: 22.25 },
      { change: (board) => measure(board, -40, 2), value: -40 },
    ],
    humidity: [{ change: (board) => measure(board, 22, 3), value: 43 }],
    battery: [{ change: (board) => measure(board, 22, 4), value: 84 }],
  },
});

const lamp = defineModel("lamp", {
  temperature: p.float({ unit: "°C" }),
  level: p.int({ min: 0, max: 255, access: "rw" }),
});
const service = "0000ff0000001000800000805f9b34fc";
const lampVisitors = {
  temperature: { characteristic: "temperature" },
  level: { characteristic: "fff1", type: "u8" },
};

const newLamp = () =>
  new SimDevice({
    address,
    name: "Lamp",
    services: [service],
    intervalMs: 100,
    gatt: [
      { uuid: "181a", characteristics: [{ uuid: "2a6e", uses: ["read", "notify"], value: Buffer.of(0x66, 0x08) }] },
      {
        uuid: service,
        characteristics: [{ uuid: "fff1", uses: ["read", "write", "writeWithoutResponse"], value: Buffer.of(7) }],
      },
    ],
  });

testMapperContract(ble.serve(lamp), {
  board: (clock) => boardWith(clock, newLamp()),
  config: { connection: { adapter: path, name: "La*" }, visitors: lampVisitors },
  badConfigs: [
    { connection: { adapter: path, name: "Lamp", bindKey: "00".repeat(16) }, visitors: lampVisitors },
    { connection: { adapter: path, name: "Lamp" }, visitors: { ...lampVisitors, level: { characteristic: "fff1" } } },
    {
      connection: { adapter: path, name: "Lamp" },
      visitors: { ...lampVisitors, temperature: { characteristic: "temprature" } },
    },
    {
      connection: { adapter: path, name: "Lamp" },
      visitors: { ...lampVisitors, temperature: { characteristic: "2a6e", field: "celsius" } },
    },
    {
      connection: { adapter: path, name: "Lamp" },
      visitors: { ...lampVisitors, level: { characteristic: "2a37", field: "heartRate" } },
    },
    { connection: { adapter: path, name: "Lamp", macAddress: "nonsense" }, visitors: lampVisitors },
  ],
  writes: { level: [0, 255, 12] },
  pushes: {
    temperature: [
      { change: (board) => deviceOf(board).server.push("2a6e", Buffer.of(0xca, 0x08)), value: 22.5 },
      { change: (board) => deviceOf(board).server.push("2a6e", Buffer.of(0x18, 0xfc)), value: -10 },
    ],
  },
  // Links and scans are ended, and a controller that is silent for long is asked whether it is there.
  cleanup: /close|write 01 (?:0c 20|06 04|03 0c|0b 20|09 10)/,
});
