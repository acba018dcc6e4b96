import type { Endpoint } from "./endpoint.ts";

/** A certificate of this node and its private key, both PEM. They only ever travel together. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** What a node got when it joined a cloud, and what it knows since. */
export interface Identity extends KeyPair {
  /** Name of the node in the cloud; also in the certificate. */
  readonly node: string;
  /** CloudHub. */
  readonly server: Endpoint;
  /** Where certificates are signed. */
  readonly certificates: Endpoint;
  /** Certificate of the cloud's own authority, PEM: who is not certified by it is not the cloud. */
  readonly authority: string;
  /** The pair before the last rotation, until the new one was seen to work. */
  readonly previous?: KeyPair;
  /** The latest time known for sure, in milliseconds since 1970: a clock that says less is wrong. */
  readonly knownAt: number;
}
