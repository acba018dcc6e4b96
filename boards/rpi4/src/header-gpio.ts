import type { Gpio, GpioLine } from "@edgetwin/mapper-sdk";
import type { Backend } from "./backend.ts";
import type { Claims } from "./claims.ts";
import { headerLines } from "./header-lines.ts";
import { headerPin, pinName } from "./pin-name.ts";

/** The digital lines of the header: names are resolved and holders within the agent settled before the backend is asked. */
export function headerGpio(backend: Backend, claims: Claims): Gpio {
  return {
    lineName: pinName,
    output: async (pin, options = {}) => claimed(claims, { pin, options, open: backend.output }),
    input: async (pin, options = {}) => claimed(claims, { pin, options, open: backend.input }),
    lines: async () => {
      const found: GpioLine[] = [];
      for (const line of headerLines) {
        // What this agent holds, the kernel knows by 31 bytes of its name only.
        const holder = claims.holder(line.name) ?? (await backend.holder(headerPin(line.name).bcm));
        found.push({ ...line, ...(holder !== undefined && { holder }) });
      }
      return found;
    },
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
