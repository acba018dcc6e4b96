/**
 * The system calls the character device needs. One implementation calls the kernel; tests bring a kernel that parses
 * the same bytes. Failures are errors with the error code (`"EBUSY"`) as `code`, as `node:fs` throws them.
 */
export interface Syscalls {
  /** open(2) for reading and writing. */
  open(path: string): number;
  close(fd: number): void;
  /** ioctl(2) with a pointer to `argument`, which the kernel may change. */
  ioctl(fd: number, request: number, argument: Uint8Array): void;
  /** read(2) into `into`; returns the number of bytes. */
  read(fd: number, into: Uint8Array): number;
  /** Waits for several file descriptors at once. */
  poller(): Poller;
  /** CLOCK_MONOTONIC in nanoseconds: the clock of line events. */
  monotonicNs(): bigint;
}

/** poll(2) over a changing set of file descriptors, in one thread. */
export interface Poller extends Disposable {
  /** Resolves when one of `fds` can be read or is gone, or when `wake` is called. Only one wait at a time. */
  wait(fds: readonly number[]): Promise<readonly Ready[]>;
  /** Ends the wait that is going on, or the next one. */
  wake(): void;
}

/** A file descriptor that poll(2) reported. */
export interface Ready {
  readonly fd: number;
  readonly readable: boolean;
  /** POLLERR, POLLHUP or POLLNVAL: whatever is behind it is gone. */
  readonly gone: boolean;
}
