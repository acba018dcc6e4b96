import { defineModel, p } from "@edgetwin/mapper-sdk";
import { product } from "./product.ts";

const relay = (number: number) => p.boolean({ access: "rw", description: `whether relay ${number} is on` });

/**
 * The boards with eight relays that many makers sell: relay 1 to 8 are the coils 0 to 7, read by function 1 and switched
 * by function 5. All go off when nobody controls them.
 */
export const relayBoard8Product = product({
  model: defineModel(
    "relay-board-8",
    {
      relay1: relay(1),
      relay2: relay(2),
      relay3: relay(3),
      relay4: relay(4),
      relay5: relay(5),
      relay6: relay(6),
      relay7: relay(7),
      relay8: relay(8),
    },
    {
      failSafe: {
        relay1: false,
        relay2: false,
        relay3: false,
        relay4: false,
        relay5: false,
        relay6: false,
        relay7: false,
        relay8: false,
      },
    },
  ),
  visitors: {
    relay1: { table: "coil", address: 0 },
    relay2: { table: "coil", address: 1 },
    relay3: { table: "coil", address: 2 },
    relay4: { table: "coil", address: 3 },
    relay5: { table: "coil", address: 4 },
    relay6: { table: "coil", address: 5 },
    relay7: { table: "coil", address: 6 },
    relay8: { table: "coil", address: 7 },
  },
});
