import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Delays every sync and every write at an offset, as a worn-out SD card does; milliseconds come from the environment. */
const source = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>
static void wait_ms(const char *name) {
  const char *ms = getenv(name);
  if (ms) usleep(1000 * atoi(ms));
}
int fsync(int fd) {
  static int (*real)(int);
  if (!real) real = dlsym(RTLD_NEXT, "fsync");
  wait_ms("SLOW_SYNC_MS");
  return real(fd);
}
int fdatasync(int fd) {
  static int (*real)(int);
  if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
  wait_ms("SLOW_SYNC_MS");
  return real(fd);
}
ssize_t pwrite64(int fd, const void *from, size_t length, off_t at) {
  static ssize_t (*real)(int, const void *, size_t, off_t);
  if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
  wait_ms("SLOW_WRITE_MS");
  return real(fd, from, length, at);
}
`;

/** A library to preload into a process whose disk shall be slow; removed on dispose. Undefined without a C compiler. */
export function buildSlowDisk(): ({ readonly path: string } & Disposable) | undefined {
  const directory = mkdtempSync(join(tmpdir(), "edgetwin-slow-disk-"));
  const remove = { [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }) };
  const path = join(directory, "slow-disk.so");
  writeFileSync(join(directory, "slow-disk.c"), source);
  try {
    execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", path, join(directory, "slow-disk.c"), "-ldl"], {
      stdio: "pipe",
    });
    return { path, ...remove };
  } catch {
    remove[Symbol.dispose]();
    return undefined; // the bench goes on without its slow half and says null
  }
}
