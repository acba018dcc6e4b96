import type { ResyncReason } from "./watch-event.ts";

/** Where a watch gets its snapshot from. A key stands for one resource, e.g. `Device default/lamp`. */
export interface SnapshotSource {
  keys(): readonly string[];
  /** The frame that shows the resource as it is now; undefined when it is gone. */
  frameOf(key: string): string | undefined;
  resync(reason: ResyncReason, resources: number): string;
  synced(resources: number): string;
}

/** The part of a `ServerResponse` that a watch writes to. */
export interface WatchSink {
  /** Bytes that wait unsent. */
  readonly writableLength: number;
  /** Returns false when the reader does not keep up; `drain` comes when everything was sent. `sent`: this was. */
  write(text: string, sent?: () => void): boolean;
  on(event: "drain", listener: () => void): unknown;
}

export interface WatchClientOptions {
  readonly response: WatchSink;
  readonly source: SnapshotSource;
  readonly bufferBytes: number;
}

/**
 * One open watch. At most `bufferBytes` wait unread for it: a client that lets more pile up misses events, is told to
 * resync once it reads again, and gets a snapshot of how things are then. A snapshot is written as fast as the client
 * reads, and events of resources that are still to come in it are left out, since it will show them anyway.
 */
export class WatchClient {
  readonly #response: WatchSink;
  readonly #source: SnapshotSource;
  readonly #bufferBytes: number;
  #toCome = new Set<string>();
  #snapshotSize: number | undefined;
  #lagging = false;
  #idleTicks = 0;

  constructor({ response, source, bufferBytes }: WatchClientOptions) {
    this.#response = response;
    this.#source = source;
    this.#bufferBytes = bufferBytes;
    response.on("drain", () => this.#onDrain());
  }

  /** Whether it misses events at the moment. */
  get lagging(): boolean {
    return this.#lagging;
  }

  /** Sends a snapshot, whatever was sent before. */
  resync(reason: ResyncReason): void {
    const keys = this.#source.keys();
    this.#lagging = false;
    this.#toCome = new Set(keys);
    this.#snapshotSize = keys.length;
    this.#response.write(this.#source.resync(reason, keys.length));
    this.#continueSnapshot();
  }

  /** Sends one event, unless the snapshot that is on its way will show it. */
  offer(key: string, frame: string): void {
    if (this.#lagging || this.#toCome.has(key)) return;
    if (this.#response.writableLength + frame.length > this.#bufferBytes) {
      this.#lagging = true;
      this.#toCome.clear();
      this.#snapshotSize = undefined;
      // No `drain` comes when the buffer allowed here is smaller than the stream's own high-water mark.
      this.#response.write(":\n\n", () => this.#onDrain());
      return;
    }
    this.#response.write(frame);
  }

  /** Called regularly. Returns false when the client has not read anything for `patience` calls. */
  tick(comment: string, patience: number): boolean {
    if (this.#response.writableLength === 0) {
      this.#idleTicks = 0;
      this.#response.write(comment);
      return true;
    }
    this.#idleTicks += 1;
    return this.#idleTicks <= patience;
  }

  #onDrain(): void {
    this.#idleTicks = 0;
    if (this.#lagging) this.resync("slow");
    else this.#continueSnapshot();
  }

  #continueSnapshot(): void {
    if (this.#snapshotSize === undefined) return;
    for (const key of this.#toCome) {
      this.#toCome.delete(key);
      const frame = this.#source.frameOf(key);
      if (frame !== undefined && !this.#response.write(frame)) return; // goes on when it has drained
    }
    const size = this.#snapshotSize;
    this.#snapshotSize = undefined;
    this.#response.write(this.#source.synced(size));
  }
}
