/** A secret, and which version of it this is. */
export interface StoredSecret {
  readonly data: ReadonlyMap<string, Uint8Array>;
  readonly version: string;
}

/** Where the authority keeps its keys, shared by every replica of the bridge. */
export interface SecretStore {
  /** The secret, or undefined when there is none. */
  get(name: string): Promise<StoredSecret | undefined>;
  /**
   * Writes a secret as a whole. Rejects with `BridgeError` `KUBERNETES`, reason `Conflict`, when `version` is not the
   * current one, and when there is one already although no `version` was given: somebody else was faster, read again.
   */
  put(name: string, data: ReadonlyMap<string, Uint8Array>, version?: string): Promise<StoredSecret>;
}
