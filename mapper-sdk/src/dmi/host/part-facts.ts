/** What a process serves, as data. */

import type { Discoverer } from "../../discover.ts";
import type { FieldFacts } from "../../field-facts.ts";
import type { Mapper } from "../../mapper.ts";
import type { MethodFacts } from "../../methods.ts";
import type { Protocol } from "../../protocol.ts";
import type { DraftOf, MessageOf } from "../wire/message.ts";
import { configFromWire, configToWire } from "./config-value.ts";
import type { methodFacts, partFacts } from "./messages.ts";
import { modelToWire } from "./model-facts.ts";

export function partToWire(part: Mapper | Protocol, id: string): DraftOf<typeof partFacts> {
  const { kind, protocol } = part;
  const discoverer = part.discover && discovererToWire(part.discover);
  if (kind === "protocol") return { id, kind, protocol, discoverer };
  const methods = methodsToWire(part.methods ?? []);
  return {
    id,
    kind,
    protocol,
    model: modelToWire(part.model),
    completes: part.defaults !== undefined,
    methods,
    discoverer,
  };
}

const discovererToWire = ({ description, options }: Discoverer) => ({
  description,
  ...(options && { options: configToWire(options) }),
});

export const methodsToWire = (methods: readonly MethodFacts[]): DraftOf<typeof methodFacts>[] =>
  methods.map(({ name, description, input }) => ({ name, description, ...(input && { input: configToWire(input) }) }));

export const methodsFromWire = (methods: readonly MessageOf<typeof methodFacts>[]): MethodFacts[] =>
  methods.map(({ name, description, input }) => ({
    name,
    description,
    ...(input && { input: configFromWire(input) as FieldFacts[] }),
  }));
