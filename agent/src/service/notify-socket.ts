import { closeSync } from "node:fs";
import { getSystemErrorName } from "node:util";

/** Sends datagrams to who started this process. */
export interface NotifySocket extends Disposable {
  /** @throws Error when it is not taken, e.g. because nobody listens any more. */
  send(text: string): void;
}

// sys/socket.h of Linux on x64 and arm64.
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
/** `sun_path` of unix(7). */
const longestPath = 108;

/**
 * Opens the socket that `$NOTIFY_SOCKET` names: a path, or an abstract name that begins with `@` (sd_notify(3)). Node has no
 * datagrams on Unix sockets; koffi, which the board needs anyway, calls the C library.
 *
 * @throws Error for an address that is neither, or longer than 107 bytes; when koffi does not load.
 */
export async function openNotifySocket(address: string): Promise<NotifySocket> {
  const to = sockaddr(address);
  const { default: koffi } = await import("koffi");
  const library = koffi.load(null);
  const socket = library.func("int socket(int domain, int type, int protocol)");
  const sendto = library.func(
    "long sendto(int fd, uint8_t *bytes, unsigned long length, int flags, uint8_t *address, unsigned int addressLength)",
  );
  const failure = (call: string) => {
    const code = getSystemErrorName(-koffi.errno());
    return Object.assign(new Error(`${code}: ${call} ${address} failed`), { code, syscall: call });
  };
  const fd: number = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) throw failure("socket");
  return {
    send(text) {
      const bytes = Buffer.from(text);
      // MSG_DONTWAIT: who starts services and is too busy to read must not hold up devices.
      if (sendto(fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL, to, to.length) < 0) throw failure("sendto");
    },
    [Symbol.dispose]: () => closeSync(fd),
  };
}

/** struct sockaddr_un: the family in the byte order of the machine, the path with its zero; an abstract name has none. */
export function sockaddr(address: string): Buffer {
  const isAbstract = address.startsWith("@");
  if (!isAbstract && !address.startsWith("/")) {
    throw new Error(`NOTIFY_SOCKET is ${JSON.stringify(address)}: expected a path or a name that begins with @`);
  }
  const name = Buffer.from(isAbstract ? `\0${address.slice(1)}` : `${address}\0`);
  if (name.length > longestPath) throw new Error(`NOTIFY_SOCKET is longer than ${longestPath - 1} bytes: ${address}`);
  const family = Buffer.alloc(2);
  family.writeUInt16LE(AF_UNIX);
  return Buffer.concat([family, name]);
}
