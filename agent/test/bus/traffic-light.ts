import { modelOf } from "./test-registry.ts";

const lamp = { type: "STRING", accessMode: "ReadWrite" } as const;
const pin = { type: "INT", accessMode: "ReadOnly" } as const;

/** The model of KubeEdge's first example; the pins are wiringPi numbers. */
export const trafficLight = modelOf(
  "traffic-light",
  [
    { name: "red", ...lamp },
    { name: "yellow", ...lamp },
    { name: "green", ...lamp },
    { name: "red-pin-number", ...pin },
    { name: "yellow-pin-number", ...pin },
    { name: "green-pin-number", ...pin },
  ],
  {
    "edgetwin.io/default-values":
      '{"red":"OFF","yellow":"OFF","green":"OFF","red-pin-number":25,"yellow-pin-number":24,"green-pin-number":23}',
  },
);
