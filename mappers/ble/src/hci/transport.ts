/** What a transport tells whoever listens to it. */
export interface TransportListener {
  /** A packet of the controller, its indicator first. */
  packet(packet: Buffer): void;
  /** The way to the controller is gone for good; said once. */
  lost(error: Error): void;
}

/** The way to one controller. Packets begin with their H4 indicator, whatever the transport really sends. */
export interface HciTransport extends AsyncDisposable {
  /**
   * Sends a packet behind those before it. Resolves when the system has taken it; what cannot be sent is told to the
   * listener as the loss of the transport.
   */
  send(packet: Uint8Array): Promise<void>;
  /** Who hears what comes; one at a time, the newest. */
  listen(listener: TransportListener): void;
}
