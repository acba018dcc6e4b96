import type { Envelope, Route, Stamp } from "./envelope.ts";
import type { Shape } from "./shape.ts";

/** Where a message may come from. */
export type Sender = "edge" | "cloud";

/** One kind of message: how to recognise, read and write it. */
export interface Message<T> {
  /** Name in logs, tests and documentation. */
  readonly name: string;
  readonly sender: Sender;
  /** One line for docs/reference/cloud-protocol.md. */
  readonly about: string;
  /** Whether the route is that of this kind; says nothing about the content. */
  matches(envelope: Envelope): boolean;
  /** @throws ProtocolError `CONTENT_INVALID` when the content is not what the route promises. */
  read(envelope: Envelope): T;
  write(value: T, stamp: Stamp): Envelope;
}

/** What {@link defineMessage} needs besides the parts of a {@link Message} that it makes. */
export interface MessageDefinition<T, C> extends Pick<Message<T>, "name" | "sender" | "about" | "matches"> {
  readonly content: Shape<C>;
  /** The value from the checked content and the rest of the envelope. */
  value(content: C, envelope: Envelope): T;
  /** The envelope without identity and time. */
  envelope(value: T): Written;
}

/** A message before it has an identity. */
export interface Written {
  readonly route: Route;
  readonly content: unknown;
  readonly parentId?: string;
  readonly resourceVersion?: string;
}

/** A message type from a shape for its content and two functions that move between value and envelope. */
export function defineMessage<T, C>(definition: MessageDefinition<T, C>): Message<T> {
  const { name, sender, about, content } = definition;
  return {
    name,
    sender,
    about,
    matches: (envelope) => definition.matches(envelope),
    read: (envelope) => definition.value(content(envelope.content, name), envelope),
    write: (value, { id, timestamp }) => {
      const { route, content: written, parentId, resourceVersion } = definition.envelope(value);
      const header = {
        id,
        timestamp,
        ...(parentId !== undefined && { parentId }),
        ...(resourceVersion !== undefined && { resourceVersion }),
      };
      return { header, route, content: written };
    },
  };
}
