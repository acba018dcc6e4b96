/**
 * Who we are to a broker or server, and whom we believe there. It comes from the configuration of the agent by its name,
 * never from a manifest, and is never logged.
 */
export interface Credential {
  readonly username?: string;
  /** Password or token. */
  readonly secret?: string;
  /** Certificate of the only authority that the far end may be signed by, in PEM form. */
  readonly ca?: string;
  /** Our own certificate, in PEM form; there together with `key`. */
  readonly certificate?: string;
  readonly key?: string;
}

/**
 * Gives the credential of a name for an address such as `mqtts://broker.example:8883`. It is read anew at every call, so
 * that one that was exchanged is taken at the next connect.
 *
 * @throws MapperError `CONFIG_INVALID` when there is none of that name, or it is meant for other hosts; `DEVICE_IO` when it
 * cannot be read now.
 */
export type CredentialSource = (name: string, address: string) => Credential;
