// For btvirt on a kernel without AF_ALG: it opens two sockets of the kernel's ciphers at its start, which only links that
// are encrypted use. They become plain sockets here.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <sys/socket.h>

#ifndef AF_ALG
#define AF_ALG 38
#endif

int socket(int domain, int type, int protocol) {
  static int (*real)(int, int, int);
  if (real == NULL) real = (int (*)(int, int, int))dlsym(RTLD_NEXT, "socket");
  int found = real(domain, type, protocol);
  return found < 0 && domain == AF_ALG ? real(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : found;
}

int bind(int descriptor, const struct sockaddr *address, socklen_t length) {
  static int (*real)(int, const struct sockaddr *, socklen_t);
  if (real == NULL) real = (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "bind");
  int result = real(descriptor, address, length);
  return result < 0 && address != NULL && address->sa_family == AF_ALG ? 0 : result;
}
