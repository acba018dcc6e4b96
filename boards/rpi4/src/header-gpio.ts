import type { Gpio } from "@edgetwin/mapper-sdk";
import type { Backend } from "./backend.ts";
import type { Claims } from "./claims.ts";
import { headerPin, pinName } from "./pin-name.ts";

/** The digital lines of the header: names are resolved and holders within the agent settled before the backend is asked. */
export function headerGpio(backend: Backend, claims: Claims): Gpio {
  return {
    lineName: pinName,
    output: async (pin, options = {}) => claimed(claims, { pin, options, open: backend.output }),
    input: async (pin, options = {}) => claimed(claims, { pin, options, open: backend.input }),
  };
}

interface Opening<O, L> {
  readonly pin: string | number;
  readonly options: O;
  readonly open: (line: number, options: O) => Promise<L>;
}

/** What `open` gives for the line of `pin`, which is claimed before and let go of after it. */
export async function claimed<O extends { readonly consumer?: string }, L extends AsyncDisposable>(
  claims: Claims,
  { pin, options, open }: Opening<O, L>,
): Promise<L> {
  const claim = claims.take(pinName(pin), options.consumer);
  let line: L;
  try {
    line = await open(headerPin(pin).bcm, options);
  } catch (error) {
    claim[Symbol.dispose]();
    throw error;
  }
  const close = line[Symbol.asyncDispose].bind(line);
  let closed = false;
  return Object.assign(line, {
    async [Symbol.asyncDispose]() {
      try {
        await close();
      } finally {
        if (!closed) claim[Symbol.dispose]();
        closed = true;
      }
    },
  });
}
